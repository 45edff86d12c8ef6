using System.Data.Common;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using FrontDoor.TestKit;
using FrontDoor.TokenService.Tests.Commands;
using FrontDoor.TokenService.Tests.Storage;
using Microsoft.Data.Sqlite;
using Npgsql;
using Xunit;

namespace FrontDoor.TokenService.Tests.RefreshTokens;

public sealed class SqliteKilledServiceTests : KilledServiceContract
{
    protected override Task<DbConnection> DatabaseAsync() =>
        Task.FromResult<DbConnection>(new SqliteConnection($"Data Source={Folder.File("data/token-service.db")};Pooling=False"));
}

public sealed class PostgreSqlKilledServiceTests(PostgreSqlServer server) : KilledServiceContract
{
    protected override async Task<DbConnection> DatabaseAsync() => new NpgsqlConnection(await server.NewDatabaseAsync() + ";Pooling=false");

    /// <summary>The line to the database is held up, so the service cannot have known of its commit, let alone answered.</summary>
    [Fact]
    public async Task KilledBeforeItHeardOfItsCommit_TheSameTokenGetsTheSuccessorThatWasCommitted()
    {
        var direct = new NpgsqlConnectionStringBuilder(await ConnectionStringAsync());
        using var line = new CuttableLine(direct.Host!, direct.Port);
        var held = new NpgsqlConnectionStringBuilder(direct.ConnectionString) { Host = IPAddress.Loopback.ToString(), Port = line.Port };
        Reply pair;
        using (var service = await StartAsync($"--Storage:ConnectionString={held.ConnectionString}"))
        {
            using var client = new TokenClient(await service.ListensAsync());
            pair = await client.ObtainAsync();
            line.HoldAnswersAfter("UPDATE \"Sessions\"");
            var lost = client.RefreshAsync(pair.Refresh);
            await Until.TrueAsync(() => State().Counter == 1, "the rotation is committed");
            service.Dispose();
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => lost);
        }

        await AssertGoesOnAsync(pair);
    }
}

/// <summary>A service killed by force (kill -9): what it committed and did not answer is answered after its restart, on every database.</summary>
public abstract class KilledServiceContract : IDisposable
{
    private DbConnection? _database;
    private string? _connectionString;

    protected TestFolder Folder { get; } = new();

    public void Dispose()
    {
        _database?.Dispose();
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>A connection, not open yet, to a database for this test alone.</summary>
    protected abstract Task<DbConnection> DatabaseAsync();

    protected async Task<string> ConnectionStringAsync()
    {
        _database ??= await DatabaseAsync();
        // Once it has been open, it no longer tells the password.
        return _connectionString ??= _database.ConnectionString;
    }

    [Fact]
    public async Task KilledBetweenCommitAndAnswer_TheSameTokenGetsTheSuccessorThatWasCommitted()
    {
        Reply pair;
        using (var service = await StartAsync())
        {
            var address = await service.ListensAsync();
            using var client = new TokenClient(address);
            pair = await client.ObtainAsync();

            // Sent, never read.
            using var line = new TcpClient();
            await line.ConnectAsync(address.Host, address.Port, TestContext.Current.CancellationToken);
            var body = JsonSerializer.Serialize(new { refresh = pair.Refresh });
            await line.GetStream().WriteAsync(
                Encoding.ASCII.GetBytes($"POST /api/token/refresh/ HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}"),
                TestContext.Current.CancellationToken);
            await Until.TrueAsync(() => State().Counter == 1, "the rotation is committed");
        }

        await AssertGoesOnAsync(pair);
    }

    [Fact]
    public async Task KilledUnderLoad_EverySessionGoesOn()
    {
        string[] tokens;
        var service = await StartAsync();
        using (var client = new TokenClient(await service.ListensAsync()))
        {
            tokens = await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ => (await client.ObtainAsync()).Refresh));
            var refreshes = 0;
            Task[] chains = [.. tokens.Select(async (_, i) =>
            {
                while (true)
                {
                    tokens[i] = (await client.RefreshAsync(tokens[i])).Refresh;
                    Interlocked.Increment(ref refreshes);
                }
            })];
            await Until.TrueAsync(() => Volatile.Read(ref refreshes) > 200 || chains.Any(c => c.IsFaulted), "the sessions are being refreshed");
            service.Dispose(); // kills it
            foreach (var chain in chains) await Assert.ThrowsAnyAsync<HttpRequestException>(() => chain);
        }

        using var again = await StartAsync();
        using var later = new TokenClient(await again.ListensAsync());
        foreach (var token in tokens) (await later.RefreshAsync(token)).Succeeded();
    }

    /// <summary>The token of which nobody knows whether it was used up.</summary>
    protected async Task AssertGoesOnAsync(Reply pair)
    {
        var (_, jti) = State();
        using var again = await StartAsync();
        using var later = new TokenClient(await again.ListensAsync());
        var next = (await later.RefreshAsync(pair.Refresh)).Succeeded();
        Assert.Equal(("1", jti), (Jwt.Claim(next.Refresh, "ctr"), Jwt.Claim(next.Refresh, "jti")));
        Assert.Equal("2", Jwt.Claim((await later.RefreshAsync(next.Refresh)).Refresh, "ctr"));
    }

    protected async Task<ServiceProcess> StartAsync(params string[] further)
    {
        var connectionString = await ConnectionStringAsync();
        return ServiceProcess.Start(
            Folder,
            [
                "--Kestrel:Endpoints:Http:Url=http://127.0.0.1:0",
                "--Users:HashIterations=100000",
                // A slow machine may take longer than the default to start.
                "--RefreshTokens:Grace=00:01:00",
                $"--Users:Seed:alice:PasswordFile={Folder.Write("password", TokenServiceApp.Password)}",
                .. _database is NpgsqlConnection ? ["--Storage:Provider=PostgreSql", $"--Storage:ConnectionString={connectionString}"] : Array.Empty<string>(),
                .. further,
            ]);
    }

    protected (long Counter, string Jti) State()
    {
        _database!.Open();
        try
        {
            using var command = _database.CreateCommand();
            command.CommandText = """SELECT "Counter", "RefreshJti" FROM "Sessions" """;
            using var row = command.ExecuteReader();
            Assert.True(row.Read());
            return (row.GetInt64(0), row.GetString(1));
        }
        finally
        {
            _database.Close();
        }
    }
}
