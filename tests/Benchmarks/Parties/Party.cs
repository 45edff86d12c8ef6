using FrontDoor.Benchmarks.Processes;

namespace FrontDoor.Benchmarks.Parties;

/// <summary>Somebody to be measured. Started when the first row needs it.</summary>
/// <param name="Name">As in the tables.</param>
/// <param name="Needs">Programs that must be there.</param>
/// <param name="StartAsync">Starts it and returns when it answers.</param>
internal sealed record Party(string Name, IReadOnlyList<Tool> Needs, Func<Bench, Task<Running>> StartAsync);

/// <summary>A party that answers.</summary>
/// <param name="Address">Where, in the clear.</param>
/// <param name="Measured">The processes whose CPU time and memory count, with their descendants.</param>
/// <param name="Secure">Where over TLS, if it does that.</param>
internal sealed record Running(Uri Address, IReadOnlyList<ServerProcess> Measured, Uri? Secure = null) : IAsyncDisposable
{
    public IEnumerable<int> Ids => Measured.Select(process => process.Id);

    public async ValueTask DisposeAsync()
    {
        foreach (var process in Measured) await process.DisposeAsync();
    }
}
