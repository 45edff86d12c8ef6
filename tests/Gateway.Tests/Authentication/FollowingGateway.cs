using System.Net;
using System.Net.Http.Headers;
using FrontDoor.Gateway.Authentication;
using FrontDoor.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace FrontDoor.Gateway.Tests.Authentication;

/// <summary>A gateway with a clock of its own that follows a feed of the test's own.</summary>
internal sealed class FollowingGateway : IAsyncDisposable
{
    private readonly TestServer _backend;
    private readonly GatewayApp _app;
    private readonly HttpClient _client;
    private readonly HttpClient _management;

    private FollowingGateway(FakeIssuer issuer, FakeFeed feed, FakeTimeProvider clock, TestServer backend, GatewayApp app)
    {
        (Issuer, Feed, Clock, _backend, _app) = (issuer, feed, clock, backend, app);
        _client = Client.For(app.Address);
        _management = Client.For(app.ManagementAddress);
    }

    public FakeIssuer Issuer { get; }

    public FakeFeed Feed { get; }

    public FakeTimeProvider Clock { get; }

    public LogLines Logs => _app.Logs;

    public IServiceProvider Services => _app.Services;

    public RevocationList List => _app.Services.GetRequiredService<TrustedIssuers>().Find(FakeIssuer.Name)!.Revocations;

    /// <param name="settings">Overrides, beside those that name the feed.</param>
    /// <param name="greeting">What the feed says first; see <see cref="FakeFeed.Greeting"/>.</param>
    public static async Task<FollowingGateway> StartAsync(Dictionary<string, string?>? settings = null, string? greeting = "event: snapshot\nid: 0\ndata: []\n\n")
    {
        var (issuer, feed, backend) = (await FakeIssuer.StartAsync(), await FakeFeed.StartAsync(), await TestServer.StartAsync());
        feed.Greeting = greeting;
        var all = feed.Settings;
        foreach (var (key, value) in settings ?? []) all[key] = value;
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var gateway = new FollowingGateway(issuer, feed, clock, backend, await GatewayApp.StartAsync(issuer.Trust, backend.Address, all, clock));
        await feed.FollowedAsync();
        if (greeting is not null) await gateway.AppliedAsync(0);
        return gateway;
    }

    /// <summary>A token of this session that is good for ten years of the clock.</summary>
    public string Token(string session, int? seconds = null) => Token(session, _ => { }, seconds);

    /// <summary>The same, with claims changed.</summary>
    public string Token(string session, Action<Dictionary<string, object?>> change, int? seconds = null) => Issuer.Token(claims =>
    {
        claims["sid"] = session;
        claims["exp"] = Clock.GetUtcNow().AddSeconds(seconds ?? 315_360_000).ToUnixTimeSeconds();
        change(claims);
    });

    public Task<HttpResponseMessage> GetAsync(string token) => _client.SendAsync(
        new HttpRequestMessage(HttpMethod.Get, "/api/echo/x") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) } },
        TestContext.Current.CancellationToken);

    public async Task AcceptsAsync(string token)
    {
        using var answer = await GetAsync(token);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    /// <summary>New, remembered twice, and then known by its connection.</summary>
    public async Task RemembersAsync(string token)
    {
        for (var i = 0; i < 4; i++) await AcceptsAsync(token);
    }

    public async Task RefusesAsync(string token, string message = "Token is blacklisted")
    {
        using var answer = await GetAsync(token);
        await ProblemAssert.TokenNotValidAsync(answer, message);
    }

    /// <summary>What its readiness probe says.</summary>
    public Task<string> HealthAsync() => _management.GetStringAsync(new Uri("/health/ready", UriKind.Relative), TestContext.Current.CancellationToken);

    /// <summary>Says it and returns when the gateway has taken over this id.</summary>
    public Task SayAsync(string text, long id)
    {
        Feed.Say(text);
        return AppliedAsync(id);
    }

    public Task AppliedAsync(long id) => Until.TrueAsync(() => List.LastId == id, $"the gateway has heard of {id}");

    /// <summary>Lets time pass until somebody follows the feed again.</summary>
    public async Task FollowedAgainAsync(int times)
    {
        await Until.TrueAsync(
            () =>
            {
                if (Feed.Resumed.Count < times) Clock.Advance(TimeSpan.FromMilliseconds(100));
                return Feed.Resumed.Count >= times;
            },
            $"the feed is followed for the {times}. time");
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        _management.Dispose();
        await _app.DisposeAsync();
        await _backend.DisposeAsync();
        await Feed.DisposeAsync();
        await Issuer.DisposeAsync();
    }
}
