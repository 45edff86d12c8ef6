using FrontDoor.Benchmarks.Load;
using FrontDoor.Benchmarks.Parties;

namespace FrontDoor.Benchmarks.Rows;

/// <summary>Sessions that refresh as fast as they are answered.</summary>
/// <param name="sessions">How many at once.</param>
internal sealed class RefreshRow(string name, string title, int sessions, IReadOnlyList<Party> parties, params Budget[] budgets) : IRow
{
    public string Name => name;

    public string Title => title;

    public async Task<RowResult> RunAsync(Bench bench)
    {
        var missing = new List<PartyResult>();
        var ready = new List<Entrant>();
        foreach (var party in parties)
        {
            Tool[] lacking = [.. party.Needs.Where(tool => !tool.Present)];
            if (lacking.Length > 0)
            {
                missing.Add(new PartyResult(party.Name, [], $"needs: apt-get install {string.Join(' ', lacking.Select(tool => tool.Package).Distinct())}"));
                continue;
            }

            var running = await bench.StartAsync(party);
            Bench.Say($"{name}: signing in {sessions} times at {party.Name}");
            var load = await RefreshLoad.SignInAsync(bench, running, sessions);
            ready.Add(new Entrant(party, running, load.RunAsync));
        }

        // Django on SQLite answers some of many writers "database is locked"; that is a finding, not a fault of the harness.
        var results = await TurnTaking.MeasureAsync(bench, name, ready, mayFail: true);
        foreach (var ours in results.Where(result => !result.Party.StartsWith("Django", StringComparison.Ordinal) && result.Samples.Any(sample => sample.Bad > 0)))
            throw new BenchmarkException($"{ours.Party} refused refreshes in {name}");
        return RowResult.Of(name, title, parties[^1].Name, [.. results, .. missing], budgets);
    }
}
