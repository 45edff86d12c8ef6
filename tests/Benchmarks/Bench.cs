using System.Collections.Concurrent;
using FrontDoor.Benchmarks.Parties;
using FrontDoor.Benchmarks.Processes;

namespace FrontDoor.Benchmarks;

/// <summary>How long and how often each party is measured.</summary>
/// <param name="Rounds">Turns of each party in a row; the parties alternate.</param>
/// <param name="Seconds">Length of one turn.</param>
/// <param name="WarmUp">Seconds of load before the first turn, in which the runtime compiles.</param>
/// <param name="Connections">Connections of the load.</param>
internal sealed record Effort(int Rounds, int Seconds, int WarmUp, int Connections);

/// <summary>One run: its folder, its effort, and the parties that were started in it, which end with it.</summary>
internal sealed class Bench(Workspace workspace, Effort effort) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<Task<Running>>> _running = new();
    private readonly ConcurrentDictionary<string, Lazy<Task<string>>> _published = new();
    private readonly List<string> _folders = [];

    public Workspace Workspace => workspace;

    public Effort Effort => effort;

    public SignIn SignIn { get; } = SignIn.Create(workspace);

    public Task<Running> StartAsync(Party party) => _running.GetOrAdd(party.Name, _ => new Lazy<Task<Running>>(() =>
    {
        Say($"starting {party.Name}");
        return party.StartAsync(this);
    })).Value;

    /// <summary>Ends a party that no further row needs.</summary>
    public async Task StopAsync(Party party)
    {
        if (_running.TryRemove(party.Name, out var running) && running.Value.IsCompletedSuccessfully) await running.Value.Result.DisposeAsync();
    }

    public Task<string> PublishedAsync(string project) => _published.GetOrAdd(project, _ => new Lazy<Task<string>>(() => workspace.PublishAsync(project))).Value;

    public void DeleteAtEnd(string folder) => _folders.Add(folder);

    /// <summary>Progress goes to standard error, so that tables can be piped.</summary>
    public static void Say(string text) => Console.Error.WriteLine($"{TimeProvider.System.GetLocalNow():HH:mm:ss} {text}");

    public async ValueTask DisposeAsync()
    {
        foreach (var running in _running.Values.Where(r => r.IsValueCreated && r.Value.IsCompletedSuccessfully)) await running.Value.Result.DisposeAsync();
        ServerProcess.EndAll();
        foreach (var folder in _folders.Where(Directory.Exists)) Directory.Delete(folder, recursive: true);
    }
}
