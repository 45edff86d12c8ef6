using FrontDoor.Benchmarks.Load;
using FrontDoor.Benchmarks.Processes;

namespace FrontDoor.Benchmarks.Rows;

/// <summary>A party in a row, and how it is loaded.</summary>
/// <param name="Party">Its name in the table.</param>
/// <param name="Ids">Its processes.</param>
/// <param name="PrepareAsync">Makes what a load of so many seconds needs, which is not measured, and returns the load.</param>
internal sealed record Entrant(string Party, IReadOnlyList<int> Ids, Func<int, Task<Func<Task<LoadResult>>>> PrepareAsync);

/// <summary>Warms all up, then measures them in turns: A B C A B C. Whoever fails leaves, with the reason in its line, and the others go on.</summary>
internal static class TurnTaking
{
    public static async Task<List<PartyResult>> MeasureAsync(Bench bench, string row, IReadOnlyList<Entrant> entrants, Func<string, bool>? mayFail = null)
    {
        var samples = entrants.ToDictionary(entrant => entrant.Party, _ => new List<Sample>());
        var faults = new Dictionary<string, string>();
        await EachAsync(async entrant =>
        {
            Bench.Say($"{row}: warming up {entrant.Party}");
            await (await entrant.PrepareAsync(bench.Effort.WarmUp))();
        });
        for (var round = 1; round <= bench.Effort.Rounds; round++)
        {
            await EachAsync(async entrant =>
            {
                var sample = await TurnAsync(entrant, bench.Effort.Seconds);
                Bench.Say($"{row}: round {round} of {bench.Effort.Rounds}, {entrant.Party}: {sample.PerSecond:N0}/s, {sample.Cpu:N1} us of CPU each");
                if (sample.Bad > 0 && mayFail?.Invoke(entrant.Party) != true) throw new BenchmarkException($"{sample.Bad} unexpected answers; see its log in {bench.Workspace.Folder}");
                samples[entrant.Party].Add(sample);
            });
        }

        return [.. entrants.Select(entrant => faults.TryGetValue(entrant.Party, out var fault) ? new PartyResult(entrant.Party, []) { Fault = fault } : new PartyResult(entrant.Party, samples[entrant.Party]))];

        async Task EachAsync(Func<Entrant, Task> takeTurn)
        {
            foreach (var entrant in entrants.Where(entrant => !faults.ContainsKey(entrant.Party)))
            {
                if (await Faults.OfAsync(() => takeTurn(entrant)) is not { } fault) continue;
                Bench.Say($"{row}: {entrant.Party} failed: {fault}");
                faults[entrant.Party] = fault;
            }
        }
    }

    private static async Task<Sample> TurnAsync(Entrant entrant, int seconds)
    {
        var runAsync = await entrant.PrepareAsync(seconds);
        var before = ProcessTree.CpuSeconds(entrant.Ids);
        var load = await runAsync();
        var used = ProcessTree.CpuSeconds(entrant.Ids) - before;
        return new Sample(load.PerSecond, load.P50, load.P99, load.Cpu ?? (used * 1e6 / Math.Max(1, load.Requests)), ProcessTree.MemoryBytes(entrant.Ids) / 1e6, load.Bad);
    }
}
