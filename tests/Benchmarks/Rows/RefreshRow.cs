using FrontDoor.Benchmarks.Load;
using FrontDoor.Benchmarks.Parties;

namespace FrontDoor.Benchmarks.Rows;

/// <summary>Sessions that refresh as fast as they are answered.</summary>
/// <param name="sessions">How many at once.</param>
internal sealed class RefreshRow(string name, string title, int sessions, IReadOnlyList<Party> parties, params Budget[] budgets) : IRow
{
    public string Name => name;

    public string Title => title;

    public IEnumerable<Tool> Needs => parties.SelectMany(party => party.Needs);

    public async Task<RowResult> RunAsync(Bench bench)
    {
        var (ready, absent) = await Lineup.OfAsync(bench, name, parties.Select(party => (party, (Tool?)null, sessions)), async (party, count, running) =>
        {
            Bench.Say($"{name}: signing in {count} times at {party.Name}");
            var load = await RefreshLoad.SignInAsync(bench, running, count);
            return new Entrant(party.Name, [.. running.Ids], load.PrepareAsync);
        });

        // Django on SQLite answers some of many writers "database is locked"; that is a finding, not a fault of the harness.
        var results = await TurnTaking.MeasureAsync(bench, name, ready, mayFail: party => party.StartsWith("Django", StringComparison.Ordinal));
        return RowResult.Of(name, title, parties[^1].Name, [.. results, .. absent], budgets);
    }
}
