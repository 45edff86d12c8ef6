using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;

namespace FrontDoor.Benchmarks.Processes;

/// <summary>A server that the harness started, its output in a file, ended with everything it started in turn.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly ConcurrentBag<ServerProcess> Started = [];
    private static volatile bool _isOver;

    private readonly Process _process;
    private bool _disposed;

    private ServerProcess(string name, Process process, string log) => (Name, _process, Log) = (name, process, log);

    public string Name { get; }

    public string Log { get; }

    public int Id => _process.Id;

    public static ServerProcess Start(Workspace workspace, string name, string program, IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null, string? folder = null)
    {
        // By a shell, since only it can give a child a file as its output; a pipe through this process would cost CPU beside the measured one.
        var log = workspace.NewFile($"{name}.log");
        var start = new ProcessStartInfo("/bin/sh", ["-c", "log=$1; shift; exec \"$@\" >\"$log\" 2>&1 </dev/null", "sh", log, program, .. arguments])
        {
            WorkingDirectory = folder ?? workspace.Folder,
        };
        foreach (var (key, value) in environment ?? new Dictionary<string, string>()) start.Environment[key] = value;
        var server = new ServerProcess(name, Process.Start(start) ?? throw new BenchmarkException($"{program} did not start"), log);
        Started.Add(server);
        if (!_isOver) return server;
        server.End();
        throw new BenchmarkException("the run is over");
    }

    /// <summary>Ends whatever was started and still runs, those of parties that never became ready too, and whatever is started from now on.</summary>
    public static void EndAll()
    {
        _isOver = true;
        foreach (var server in Started) server.End();
    }

    /// <summary>Returns when the address answers with a status below 500, at the latest after a minute.</summary>
    public async Task<ServerProcess> ReadyAsync(Uri address, TimeSpan? pause = null)
    {
        var waited = Stopwatch.StartNew();
        while (waited.Elapsed < TimeSpan.FromMinutes(1))
        {
            if (_process.HasExited) throw new BenchmarkException($"{Name} ended with exit code {_process.ExitCode}:{Environment.NewLine}{LastLines()}");
            try
            {
                using var answer = await Http.Client.GetAsync(address);
                if ((int)answer.StatusCode < 500) return this;
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
            {
                // Not listening yet, or not answering: asked again below.
            }

            await Task.Delay(pause ?? TimeSpan.FromMilliseconds(50));
        }

        throw new BenchmarkException($"{Name} was not ready at {address} after a minute:{Environment.NewLine}{LastLines()}");
    }

    /// <summary>Returns when the process has ended by itself with exit code 0.</summary>
    public async Task EndedAsync()
    {
        await _process.WaitForExitAsync();
        if (_process.ExitCode != 0) throw new BenchmarkException($"{Name} ended with exit code {_process.ExitCode}:{Environment.NewLine}{LastLines()}");
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed) return;
        _disposed = true;
        End();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private void End()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or AggregateException or Win32Exception)
        {
            // It has ended, or was ended and disposed of; or some of its children have.
        }
    }

    private string LastLines()
    {
        using var reader = new StreamReader(new FileStream(Log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return string.Join(Environment.NewLine, reader.ReadToEnd().Split('\n').TakeLast(15));
    }
}
