using System.Net;
using FrontDoor.TestKit;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace FrontDoor.Gateway.Tests.RateLimiting;

/// <summary>Who is counted and how, on the route <c>/api/echo</c>, which needs a token.</summary>
public sealed class LimitKindTests : IAsyncLifetime
{
    private FakeIssuer _issuer = null!;
    private TestServer _backend = null!;
    private GatewayApp? _gateway;
    private HttpClient _client = null!;
    private RequestDelegate _answer = context => context.Response.WriteAsync("ok");

    public async ValueTask InitializeAsync()
    {
        _issuer = await FakeIssuer.StartAsync();
        _backend = await TestServer.StartAsync(context => _answer(context));
    }

    [Fact]
    public async Task LimitByUser_CountsEachUserAndNoBadToken()
    {
        await StartAsync("own", ("own:By", "User"), ("own:Permits", "2"));
        using (var bad = await GetAsync(token: "x")) Assert.Equal(HttpStatusCode.Unauthorized, bad.StatusCode);

        Assert.Equal("200 200 429", await StatusesAsync(("ada", null), ("ada", null), ("ada", null)));
        Assert.Equal(200, await StatusAsync("bob"));
        Assert.Equal(3, _backend.Received.Count);
    }

    [Fact]
    public async Task LimitByClaim_CountsItsValueAndAllTokensWithoutItTogether()
    {
        await StartAsync("firm", ("firm:By", "Claim:tenant"), ("firm:Permits", "1"));

        Assert.Equal("200 429", await StatusesAsync(("ada", "a"), ("bob", "a")));
        Assert.Equal(200, await StatusAsync("ada", "b"));
        Assert.Equal("200 429", await StatusesAsync(("ada", null), ("bob", null)));
    }

    [Fact]
    public async Task LimitByRoute_CountsEverybodyButNoOtherRoute()
    {
        await StartAsync("all", ("all:By", "Route"), ("all:Permits", "1"));

        Assert.Equal("200 429", await StatusesAsync(("ada", null), ("bob", null)));
        Assert.Equal(200, await StatusAsync("ada", path: "/api/profile"));
    }

    [Fact]
    public async Task SeveralLimits_AllHoldAndAreAllTold()
    {
        await StartAsync("all, own", ("all:By", "Route"), ("all:Permits", "3"), ("own:By", "User"), ("own:Permits", "2"), ("own:Window", "00:00:30"));

        using (var first = await GetAsync(_issuer.Token()))
        {
            Assert.Equal(["\"all\";q=3;w=60", "\"own\";q=2;w=30"], Members(first, "RateLimit-Policy"));
            Assert.Equal(["\"all\";r=2", "\"own\";r=1"], Members(first, "RateLimit"));
        }

        Assert.Equal("200 429", await StatusesAsync(("42", null), ("42", null)));
        using var refused = await GetAsync(_issuer.Token(claims => claims["sub"] = "ada"));
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal($"\"all\";r=0;t={refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds}", Assert.Single(Members(refused, "RateLimit")));
    }

    [Fact]
    public async Task UnlimitedRoute_TellsNothing()
    {
        await StartAsync("own", ("own:By", "User"), ("own:Permits", "2"));
        using var answer = await GetAsync(_issuer.Token(), "/api/public/echo/x");
        Assert.False(answer.Headers.Contains("RateLimit") || answer.Headers.Contains("RateLimit-Policy"));
    }

    [Fact]
    public async Task Concurrency_CountsWhatIsUnderWayAndQueues()
    {
        await StartAsync("few", ("few:Kind", "Concurrency"), ("few:Permits", "1"), ("few:Queue", "1"));
        var (entered, release) = (0, new TaskCompletionSource());
        _answer = async context =>
        {
            Interlocked.Increment(ref entered);
            await release.Task;
            await context.Response.WriteAsync("ok");
        };

        var pending = Enumerable.Range(0, 5).Select(_ => StatusAsync("42")).ToList();
        await Until.TrueAsync(() => entered == 1 && pending.Count(p => p.IsCompleted) == 3, "one is under way, one waits, three are refused");
        release.SetResult();
        Assert.Equal([200, 200, 429, 429, 429], (await Task.WhenAll(pending)).Order());

        using var answer = await GetAsync(_issuer.Token());
        Assert.Equal("\"few\";q=1;qu=\"concurrent-requests\"", Assert.Single(Members(answer, "RateLimit-Policy")));
    }

    [Fact]
    public async Task ClientThatLeavesTheQueue_MakesRoomForAnother()
    {
        await StartAsync("few", ("few:Kind", "Concurrency"), ("few:Permits", "1"), ("few:Queue", "1"));
        var (entered, release) = (0, new TaskCompletionSource());
        _answer = async context =>
        {
            Interlocked.Increment(ref entered);
            await release.Task;
            await context.Response.WriteAsync("ok");
        };

        var first = StatusAsync("42");
        await Until.TrueAsync(() => entered == 1, "one is under way");
        using var leaving = new CancellationTokenSource();
        Task<HttpResponseMessage>[] more = [_client.SendAsync(Request(_issuer.Token()), leaving.Token), _client.SendAsync(Request(_issuer.Token()), leaving.Token)];
        Assert.Equal(HttpStatusCode.TooManyRequests, (await await Task.WhenAny(more)).StatusCode);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(more));
        await Until.TrueAsync(() => _gateway!.Logs.All.Any(l => l.Contains(" 499 ", StringComparison.Ordinal)), "the gateway has noticed");

        var last = StatusAsync("42");
        release.SetResult();
        Assert.Equal("200 200", string.Join(' ', await Task.WhenAll(first, last)));
    }

    [Theory]
    [InlineData("SlidingWindow", "few:Segments", "2")]
    [InlineData("TokenBucket", "few:Burst", "2")]
    public async Task OtherKinds_RefuseWhatIsTooMuchAndLetPassAgain(string kind, string setting, string value)
    {
        await StartAsync("few", ("few:Kind", kind), ("few:Permits", "2"), ("few:Window", "00:00:01"), (setting, value));
        using (var first = await GetAsync(_issuer.Token())) Assert.Equal("\"few\";r=1", Assert.Single(Members(first, "RateLimit")));

        await Until.TrueAsync(() => StatusAsync("42").GetAwaiter().GetResult() == 429, "too many are refused");
        await Until.TrueAsync(() => StatusAsync("42").GetAwaiter().GetResult() == 200, "more may pass after a while");
    }

    private async Task StartAsync(string policy, params (string Setting, string Value)[] limits)
    {
        var settings = limits.ToDictionary(l => $"RateLimits:{l.Setting}", l => (string?)l.Value);
        settings["ReverseProxy:Routes:echo:RateLimiterPolicy"] = policy;
        settings["ReverseProxy:Routes:profile:RateLimiterPolicy"] = policy;
        _gateway = await GatewayApp.StartAsync(_issuer.Trust, _backend.Address, settings);
        _client = Client.For(_gateway.Address);
    }

    private async Task<string> StatusesAsync(params (string User, string? Tenant)[] requests)
    {
        var all = new List<int>();
        foreach (var (user, tenant) in requests) all.Add(await StatusAsync(user, tenant));
        return string.Join(' ', all);
    }

    private async Task<int> StatusAsync(string user, string? tenant = null, string path = "/api/echo/x")
    {
        using var answer = await GetAsync(_issuer.Token(claims => (claims["sub"], claims["tenant"]) = (user, tenant)), path);
        return (int)answer.StatusCode;
    }

    private Task<HttpResponseMessage> GetAsync(string token, string path = "/api/echo/x") => _client.SendAsync(Request(token, path), TestContext.Current.CancellationToken);

    private static HttpRequestMessage Request(string token, string path = "/api/echo/x") => new(HttpMethod.Get, path) { Headers = { Authorization = new("Bearer", token) } };

    private static string[] Members(HttpResponseMessage answer, string field) => [.. answer.Headers.GetValues(field).SelectMany(v => v.Split(',')).Order(StringComparer.Ordinal)];

    public async ValueTask DisposeAsync()
    {
        if (_gateway is not null)
        {
            _client.Dispose();
            await _gateway.DisposeAsync();
        }

        await _backend.DisposeAsync();
        await _issuer.DisposeAsync();
    }
}
