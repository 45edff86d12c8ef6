using System.Text.RegularExpressions;
using FrontDoor.TestKit;
using FrontDoor.TokenService.Tests.Audit;
using FrontDoor.TokenService.Tests.Storage;
using Npgsql;
using Xunit;

namespace FrontDoor.TokenService.Tests.RefreshTokens;

/// <summary>What a refresh costs PostgreSQL, in the words of its own log.</summary>
public sealed class PostgreSqlCostTests(PostgreSqlServer server) : IAsyncLifetime
{
    private string _database = null!;
    private TokenServiceApp _app = null!;
    private TokenClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await server.NewDatabaseAsync();
        _app = TokenServiceApp.Start(new Dictionary<string, string?>
        {
            ["Storage:Provider"] = "PostgreSql",
            // One connection: each prepares what it has seen twice.
            ["Storage:ConnectionString"] = new NpgsqlConnectionStringBuilder(_database) { Options = "-c log_statement=all", MaxPoolSize = 1 }.ConnectionString,
        });
        _client = new TokenClient(_app.Address);
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (_app is not null) await _app.DisposeAsync();
    }

    [Fact]
    public async Task Refresh_IsOneUpdateStatementAndPreparedOnce()
    {
        var pair = await _client.ObtainAsync();
        pair = await _client.RefreshAsync(pair.Refresh);
        pair = await _client.RefreshAsync(pair.Refresh);
        var statement = Assert.Single(await StatementsOfAsync(() => _client.RefreshAsync(pair.Refresh)));
        Assert.Matches("""^LOG:  execute _auto\d+: UPDATE "Sessions"\s""", statement);
    }

    [Fact]
    public async Task Verify_IsOneReadingStatement()
    {
        var pair = await _client.ObtainAsync();
        Assert.Matches("""^LOG:  execute \S+: SELECT "Sessions"\.""", Assert.Single(await StatementsOfAsync(() => _client.VerifyAsync(pair.Access))));
    }

    [Fact]
    public async Task EndOfAThousandSessions_IsThreeWritingStatements()
    {
        var pair = await _client.ObtainAsync();
        await _app.AddSessionsAsync(await _app.IdAsync("alice"), 1000);
        var logged = await server.LoggedDuringAsync(_database, async () => (await _client.SendAsync(HttpMethod.Delete, "/api/sessions", pair.Access)).Is(200, """{"ended":1001}"""));
        var writes = logged.Select(entry => Regex.Match(entry, """^LOG:  (?:execute \S+|statement): ((?:UPDATE|INSERT INTO) "\w+")""")).Where(m => m.Success).Select(m => m.Groups[1].Value);
        Assert.Equal(["UPDATE \"Sessions\"", "INSERT INTO \"Audit\"", "INSERT INTO \"Revocations\""], writes);
    }

    // Without what the service looks for by itself, now and then.
    private async Task<IReadOnlyList<string>> StatementsOfAsync(Func<Task<Reply>> act)
    {
        var logged = await server.LoggedDuringAsync(_database, async () => (await act()).Succeeded());
        return [.. logged.Where(entry => entry.StartsWith("LOG:", StringComparison.Ordinal) && !entry.Contains("DO $$", StringComparison.Ordinal)
            && !entry.Contains("\"Revocations\"", StringComparison.Ordinal) && !entry.Contains("\"SigningKeys\"", StringComparison.Ordinal))];
    }
}
