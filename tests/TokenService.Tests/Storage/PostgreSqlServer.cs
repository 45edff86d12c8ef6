using FrontDoor.TestKit;
using FrontDoor.TokenService.Tests.Storage;
using Npgsql;
using Testcontainers.PostgreSql;
using Xunit;

[assembly: AssemblyFixture(typeof(PostgreSqlServer))]

namespace FrontDoor.TokenService.Tests.Storage;

/// <summary>One PostgreSQL container for the whole run, started by the first test that asks; every app gets a database of its own.</summary>
public sealed class PostgreSqlServer : IAsyncDisposable
{
    private readonly SemaphoreSlim _once = new(1);
    private PostgreSqlContainer? _container;

    /// <summary>Skips the test where there is no Docker engine; fails it with CI=true.</summary>
    /// <returns>The connection string of a new, empty database.</returns>
    public async Task<string> NewDatabaseAsync()
    {
        var server = await StartedAsync();
        var name = "t" + Guid.NewGuid().ToString("N");
        await using var connection = new NpgsqlConnection(server.GetConnectionString());
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var create = new NpgsqlCommand($"CREATE DATABASE {name}", connection);
        await create.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        // Small pools: many apps share the one server. A busy machine may take longer than the service's 2 seconds to make a connection.
        return new NpgsqlConnectionStringBuilder(server.GetConnectionString()) { Database = name, MaxPoolSize = 20, Timeout = 30 }.ConnectionString;
    }

    /// <summary>Runs it and reads what the server meanwhile logged about a database: whole entries, without the name in front.</summary>
    public async Task<IReadOnlyList<string>> LoggedDuringAsync(string connectionString, Func<Task> act)
    {
        var (begin, end) = (Guid.NewGuid().ToString("N"), Guid.NewGuid().ToString("N"));
        await MarkAsync(connectionString, begin);
        await act();
        await MarkAsync(connectionString, end);
        List<string> entries = [];
        int At(string mark) => entries.FindIndex(entry => entry.Contains(mark, StringComparison.Ordinal));
        await Until.TrueAsync(
            async () =>
            {
                // The further lines of an entry begin with a tab. Docker may deliver them later than they were written.
                var (_, log) = await (await StartedAsync()).GetLogsAsync(timestampsEnabled: false, ct: TestContext.Current.CancellationToken);
                entries = [.. log.Replace("\n\t", " ", StringComparison.Ordinal).Split('\n')];
                return At(end) > 0;
            },
            "the server's log arrives");
        var name = new NpgsqlConnectionStringBuilder(connectionString).Database + "|";
        return [.. entries[(At(begin) + 1)..At(end)].Where(entry => entry.StartsWith(name, StringComparison.Ordinal)).Select(entry => entry[name.Length..])];
    }

    private static async Task MarkAsync(string connectionString, string mark)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand($"DO $$ BEGIN RAISE LOG '{mark}'; END $$", connection);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Ends it without a checkpoint or a word to its clients.</summary>
    public async Task CrashAsync()
    {
        var server = await StartedAsync();
        // "Immediate shutdown"; the image has no kill but the shell's.
        await server.ExecAsync(["sh", "-c", "kill -QUIT 1"], TestContext.Current.CancellationToken);
        await server.StopAsync(TestContext.Current.CancellationToken);
    }

    /// <returns>The port, another one than before.</returns>
    public async Task<int> StartAgainAsync()
    {
        var server = await StartedAsync();
        await server.StartAsync(TestContext.Current.CancellationToken);
        return server.GetMappedPublicPort(PostgreSqlBuilder.PostgreSqlPort);
    }

    public async ValueTask DisposeAsync()
    {
        _once.Dispose();
        if (_container is not null) await _container.DisposeAsync();
    }

    private async Task<PostgreSqlContainer> StartedAsync()
    {
        await _once.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            if (_container is not null) return _container;
            Needs.Docker();
            // The builder would have a crash lose the last commits (synchronous_commit=off); our word comes later and counts.
            var container = new PostgreSqlBuilder("postgres:17").WithCommand(
                "-c", "max_connections=200", "-c", "fsync=off", "-c", "synchronous_commit=on", "-c", "full_page_writes=on", "-c", "log_line_prefix=%d|").Build();
            await container.StartAsync(TestContext.Current.CancellationToken);
            return _container = container;
        }
        finally
        {
            _once.Release();
        }
    }
}
