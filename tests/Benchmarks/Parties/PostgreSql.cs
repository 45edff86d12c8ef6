using FrontDoor.Benchmarks.Processes;

namespace FrontDoor.Benchmarks.Parties;

/// <summary>A PostgreSQL server of its own for a party, with durable commits as initdb sets them.</summary>
internal static class PostgreSql
{
    public sealed record Database(ServerProcess Process, int Port)
    {
        public string ConnectionString => $"Host=127.0.0.1;Port={Port};Username=bench;Database=postgres";
    }

    public static async Task<Database> StartAsync(Bench bench, string name)
    {
        var bin = Directory.EnumerateDirectories("/usr/lib/postgresql").OrderByDescending(folder => folder, StringComparer.Ordinal).Select(folder => Path.Combine(folder, "bin")).First();
        // Its parents must be open to the other user below; the folder is on the machine's temporary disk for that.
        var data = Path.Combine(Path.GetTempPath(), $"front-door-bench-{Environment.ProcessId}-{name}");
        bench.DeleteAtEnd(data);
        Directory.CreateDirectory(data);
        if (Environment.IsPrivilegedProcess) await RunAsync(bench, "chown", "postgres", data);
        await RunAsync(bench, [.. AsUser, Path.Combine(bin, "initdb"), "--username=bench", "--auth=trust", "--encoding=UTF8", "--pgdata", data]);

        var port = Workspace.FreePort();
        // The program itself, not by setpriv's parent: setpriv becomes it, so its id is the server's.
        string[] command = [.. AsUser, Path.Combine(bin, "postgres"), "-D", data, "-p", $"{port}", "-k", "", "-c", "listen_addresses=127.0.0.1", "-c", "max_connections=200"];
        var process = ServerProcess.Start(bench.Workspace, $"postgresql-{name}", command[0], command[1..], folder: Path.GetTempPath());
        await RunAsync(bench, Path.Combine(bin, "pg_isready"), "--host=127.0.0.1", $"--port={port}", "--timeout=30");
        return new Database(process, port);
    }

    /// <summary>PostgreSQL refuses to run as root.</summary>
    private static string[] AsUser => Environment.IsPrivilegedProcess ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] : [];

    private static async Task RunAsync(Bench bench, params string[] command)
    {
        // pg_isready answers at once when nothing listens yet, so it is asked more than once.
        for (var attempt = 0; ; attempt++)
        {
            await using var process = ServerProcess.Start(bench.Workspace, Path.GetFileName(command[0]), command[0], command[1..], folder: Path.GetTempPath());
            try
            {
                await process.EndedAsync();
                return;
            }
            catch (BenchmarkException) when (attempt < 50 && command[0].EndsWith("pg_isready", StringComparison.Ordinal))
            {
                await Task.Delay(200);
            }
        }
    }
}
