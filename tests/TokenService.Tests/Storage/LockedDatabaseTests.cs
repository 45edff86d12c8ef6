using FrontDoor.TestKit;
using FrontDoor.TokenService.RefreshTokens;
using FrontDoor.TokenService.Tests.Users;
using Microsoft.Data.Sqlite;
using Xunit;

namespace FrontDoor.TokenService.Tests.Storage;

/// <summary>SQLite is locked by somebody else for longer than anybody waits, here a second.</summary>
public sealed class LockedDatabaseTests : IAsyncDisposable
{
    private readonly TestFolder _folder = new();
    private readonly TokenServiceApp _app;
    private readonly TokenClient _client;

    public LockedDatabaseTests()
    {
        var connectionString = $"Data Source={_folder.File("data/token-service.db")};Default Timeout=1";
        _app = TokenServiceApp.Start(new Dictionary<string, string?> { ["Storage:ConnectionString"] = connectionString }, _folder, services: new FastHasher().Replace);
        _client = new TokenClient(_app.Address);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task WhileLocked_WritesAreUnavailableAndReadsAreNot_AndOnceFreeNothingIsConsumed()
    {
        var pair = await _client.ObtainAsync();
        await using var other = new SqliteConnection($"Data Source={_folder.File("data/token-service.db")};Pooling=False");
        await other.OpenAsync(TestContext.Current.CancellationToken);
        await ExecuteAsync("BEGIN EXCLUSIVE");
        Task<Reply>[] writes = [_client.RefreshAsync(pair.Refresh), _client.RefreshAsync(pair.Refresh), _client.ObtainAsync(), _client.BlacklistAsync(pair.Refresh)];
        (await _client.VerifyAsync(pair.Access)).Succeeded();
        foreach (var answer in await Task.WhenAll(writes))
        {
            answer.Is(503, """{"detail":"The service is temporarily unavailable. Try again shortly."}""");
            Assert.Equal("2", answer.Header("Retry-After"));
        }

        await ExecuteAsync("ROLLBACK");
        Assert.Equal("1", Jwt.Claim((await _client.RefreshAsync(pair.Refresh)).Refresh, RefreshTokenIssuer.CounterClaim));
        (await _client.ObtainAsync()).Succeeded();

        async Task ExecuteAsync(string sql)
        {
            await using var command = other.CreateCommand();
            command.CommandText = sql;
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }
    }
}
