using FrontDoor.Benchmarks.Parties;

namespace FrontDoor.Benchmarks.Rows;

/// <summary>Who of a row's parties can take part. Those whose programs are missing, or who do not start or answer as they should, get a line that says why.</summary>
internal static class Lineup
{
    /// <param name="parties">Each with the program that loads it.</param>
    /// <param name="enterAsync">Makes an entrant of a party that runs.</param>
    public static async Task<(List<Entrant> Ready, List<PartyResult> Absent)> OfAsync<T>(
        Bench bench, string row, IEnumerable<(Party Party, Tool? Load, T About)> parties, Func<Party, T, Running, Task<Entrant>> enterAsync)
    {
        var (ready, absent) = (new List<Entrant>(), new List<PartyResult>());
        foreach (var (party, load, about) in parties)
        {
            if (Tool.Missing([.. party.Needs, .. load is null ? Array.Empty<Tool>() : [load]]) is { } needs)
            {
                absent.Add(new PartyResult(party.Name, []) { Missing = needs });
                continue;
            }

            if (await Faults.OfAsync(async () => ready.Add(await enterAsync(party, about, await bench.StartAsync(party)))) is not { } fault) continue;
            Bench.Say($"{row}: {party.Name} failed: {fault}");
            absent.Add(new PartyResult(party.Name, []) { Fault = fault });
        }

        return (ready, absent);
    }
}
