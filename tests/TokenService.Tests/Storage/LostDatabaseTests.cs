using System.Net;
using FrontDoor.TestKit;
using FrontDoor.TokenService.Tests.Clients;
using Npgsql;
using Xunit;

namespace FrontDoor.TokenService.Tests.Storage;

public sealed class LostDatabaseTests(PostgreSqlServer server) : IAsyncLifetime
{
    private CuttableLine _line = null!;
    private TokenServiceApp _app = null!;
    private TokenClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        var database = new NpgsqlConnectionStringBuilder(await server.NewDatabaseAsync());
        _line = new CuttableLine(database.Host!, database.Port);
        (database.Host, database.Port, database.Timeout) = (IPAddress.Loopback.ToString(), _line.Port, 2);
        _app = TokenServiceApp.Start(new Dictionary<string, string?>
        {
            ["Storage:Provider"] = "PostgreSql",
            ["Storage:ConnectionString"] = database.ConnectionString,
        });
        _client = new TokenClient(_app.Address);
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (_app is not null) await _app.DisposeAsync();
        _line?.Dispose();
    }

    [Fact]
    public async Task WhileLost_EverythingThatNeedsItIsUnavailableForNow()
    {
        var pair = await _client.ObtainAsync();
        _line.Cut();

        AssertUnavailable(await _client.ObtainAsync());
        AssertUnavailable(await _client.RefreshAsync(pair.Refresh));
        AssertUnavailable(await _client.VerifyAsync(pair.Access));
        AssertUnavailable(await _client.BlacklistAsync(pair.Refresh));
        Assert.Equal(503, (await _client.GetAsync("/health/ready")).Status);
    }

    [Theory]
    [InlineData("/oauth/token")]
    [InlineData("/oauth/introspect")]
    public async Task WhileLost_ClientsAreToldInTheWordsOfOAuth(string path)
    {
        _line.Cut();
        var answer = await _client.PostAsync(path, new FormUrlEncodedContent([new("grant_type", "client_credentials")]), OAuthClient.Basic("billing:secret"));
        answer.Is(503, """{"error":"temporarily_unavailable","error_description":"The service is temporarily unavailable. Try again shortly."}""");
        Assert.Equal(("2", "no-store", "application/json"), (answer.Header("Retry-After"), answer.Header("Cache-Control"), answer.Header("Content-Type")));
    }

    [Fact]
    public async Task WhileSilent_RefreshesAreUnavailableBeforeAnybodyGivesUp_AndGoOnAfterwards()
    {
        var pairs = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => _client.ObtainAsync()));
        await Task.WhenAll(pairs.Select(pair => _client.VerifyAsync(pair.Refresh)));
        _line.Silence();

        // Generous: Npgsql's own limits would be 30 seconds, twice.
        var answers = Task.WhenAll([.. pairs.Select(pair => _client.RefreshAsync(pair.Refresh)), .. pairs.Select(pair => _client.VerifyAsync(pair.Access))]);
        foreach (var answer in await answers.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken)) AssertUnavailable(answer);

        _line.Mend();
        await ReadyAsync();
        foreach (var pair in pairs) Assert.Equal("1", Jwt.Claim((await _client.RefreshAsync(pair.Refresh)).Refresh, "ctr"));
    }

    [Fact]
    public async Task WhileLost_TheRestIsAnswered()
    {
        _line.Cut();
        (await _client.RefreshAsync("junk")).Is(401, Reply.TokenNotValid("Token is invalid"));
        (await _client.PostAsync("/api/token/", "[]")).Is(400, """{"non_field_errors":["Invalid data. Expected a dictionary, but got list."]}""");
        (await _client.GetAsync("/.well-known/jwks.json")).Succeeded();
        (await _client.GetAsync("/health/live")).Succeeded();
    }

    [Fact]
    public async Task AfterItIsBack_NoRefreshTokenWasConsumed()
    {
        var pair = await _client.ObtainAsync();
        _line.Cut();
        foreach (var answer in await _client.RefreshManyAsync(pair.Refresh, 5)) AssertUnavailable(answer);
        _line.Mend();
        await ReadyAsync();

        Assert.Equal("1", Jwt.Claim((await _client.RefreshAsync(pair.Refresh)).Refresh, "ctr"));
        (await _client.ObtainAsync()).Succeeded();
    }

    [Fact]
    public async Task ConnectionsCutWhileIdle_AreReplacedBySoonAfter()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _client.ObtainAsync()));
        _line.Cut();
        _line.Mend();
        await ReadyAsync();
        for (var i = 0; i < 10; i++) (await _client.ObtainAsync()).Succeeded();
    }

    private static void AssertUnavailable(Reply answer)
    {
        answer.Is(503, """{"detail":"The service is temporarily unavailable. Try again shortly."}""");
        Assert.Equal(("2", "no-store"), (answer.Header("Retry-After"), answer.Header("Cache-Control")));
        Assert.Equal("application/json", answer.Header("Content-Type"));
    }

    private Task ReadyAsync() => Until.TrueAsync(async () => (await _client.GetAsync("/health/ready")).Status == 200, "it is ready again");
}
