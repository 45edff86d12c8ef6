using FrontDoor.Benchmarks.Load;
using FrontDoor.Benchmarks.Parties;
using FrontDoor.Benchmarks.Processes;

namespace FrontDoor.Benchmarks.Rows;

/// <summary>A party in a row, and how it is loaded for so many seconds.</summary>
internal sealed record Entrant(Party Party, Running Running, Func<int, Task<LoadResult>> LoadAsync);

/// <summary>Warms all up, then measures them in turns: A B C A B C.</summary>
internal static class TurnTaking
{
    public static async Task<List<PartyResult>> MeasureAsync(Bench bench, string row, IReadOnlyList<Entrant> entrants, bool mayFail = false)
    {
        foreach (var entrant in entrants)
        {
            Bench.Say($"{row}: warming up {entrant.Party.Name}");
            await entrant.LoadAsync(bench.Effort.WarmUp);
        }

        var samples = entrants.ToDictionary(entrant => entrant.Party.Name, _ => new List<Sample>());
        for (var round = 1; round <= bench.Effort.Rounds; round++)
        {
            foreach (var entrant in entrants)
            {
                var sample = await TurnAsync(entrant, bench.Effort.Seconds);
                Bench.Say($"{row}: round {round} of {bench.Effort.Rounds}, {entrant.Party.Name}: {sample.PerSecond:N0}/s, {sample.Cpu:N1} us of CPU each");
                if (sample.Bad > 0 && !mayFail) throw new BenchmarkException($"{entrant.Party.Name} gave {sample.Bad} unexpected answers in {row}; see its log in {bench.Workspace.Folder}");
                samples[entrant.Party.Name].Add(sample);
            }
        }

        return [.. samples.Select(pair => new PartyResult(pair.Key, pair.Value))];
    }

    private static async Task<Sample> TurnAsync(Entrant entrant, int seconds)
    {
        var ids = entrant.Running.Ids.ToArray();
        var before = ProcessTree.CpuSeconds(ids);
        var load = await entrant.LoadAsync(seconds);
        var used = ProcessTree.CpuSeconds(ids) - before;
        return new Sample(load.PerSecond, load.P50, load.P99, used * 1e6 / Math.Max(1, load.Requests), ProcessTree.MemoryBytes(ids) / 1e6, load.Bad);
    }
}
