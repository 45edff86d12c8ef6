using System.Net;
using FrontDoor.TestKit;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace FrontDoor.Gateway.Tests.Resilience;

/// <summary>YARP's health checks in our pipeline. The cluster "orders" prefers its first destination while that is healthy.</summary>
public sealed class HealthCheckTests : IAsyncLifetime
{
    private const string Checks = "ReverseProxy:Clusters:orders:HealthCheck";

    private readonly TestClock _clock = new();
    private FakeIssuer _issuer = null!;
    private TestServer _first = null!;
    private TestServer _second = null!;
    private GatewayApp? _gateway;
    private HttpClient _client = null!;
    private volatile bool _sick;
    private string? _slowStart;

    public async ValueTask InitializeAsync()
    {
        _issuer = await FakeIssuer.StartAsync();
        _first = await TestServer.StartAsync(context =>
        {
            if (!_sick) return context.Response.WriteAsync("first");
            if (context.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal)) context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            else context.Abort();
            return Task.CompletedTask;
        });
        _second = await TestServer.StartAsync(context => context.Response.WriteAsync("second"));
    }

    [Fact]
    public async Task ActiveCheck_AsksTheDestinationItself_AlthoughRetriesWouldFindAnother()
    {
        _sick = true;
        await StartAsync(null, ("Active:Enabled", "true"), ("Active:Interval", "00:00:00.1"), ("Active:Path", "/health"), ("Active:Policy", "ConsecutiveFailures"));
        await Until.TrueAsync(() => _first.Received.Count(r => r.Target == "/health") > 3, "it was probed");
        await Until.TrueAsync(() => Asked(_first) == AskedAfterOneMore(_first), "requests no longer go to the sick destination");

        _sick = false;
        await Until.TrueAsync(() => GetAsync().GetAwaiter().GetResult() == "first", "it is used again once it is well");
    }

    [Fact]
    public async Task PassiveCheck_SparesAFailingDestinationAndTriesItLater()
    {
        _sick = true;
        await StartAsync(_clock, ("Passive:Enabled", "true"), ("Passive:Policy", "TransportFailureRate"), ("Passive:ReactivationPeriod", "00:01:00"));
        await Until.TrueAsync(() => GetAsync().GetAwaiter().GetResult() == "second", "the failing destination is left alone");

        _sick = false;
        Assert.Equal("second", await GetAsync());
        _clock.Advance(TimeSpan.FromSeconds(61));
        await Until.TrueAsync(() => GetAsync().GetAwaiter().GetResult() == "first", "it is tried again");
    }

    [Fact]
    public async Task ReturningDestination_StartsSlowly()
    {
        (_sick, _slowStart) = (true, "01:00:00");
        await StartAsync(null, ("Active:Enabled", "true"), ("Active:Interval", "00:00:00.1"), ("Active:Path", "/health"), ("Active:Policy", "ConsecutiveFailures"));
        await Until.TrueAsync(() => _first.Received.Count(r => r.Target == "/health") > 3, "it was probed");
        await Until.TrueAsync(() => Asked(_first) == AskedAfterOneMore(_first), "requests no longer go to the sick destination");

        _sick = false;
        await Until.TrueAsync(() => GetAsync().GetAwaiter().GetResult() == "first", "it is used again once it is well");
        // Its policy would send all of them there.
        var answers = "";
        for (var i = 0; i < 20; i++) answers += (await GetAsync())[0];
        Assert.Equal("sssssssssfsssssssssf", answers);
    }

    private int AskedAfterOneMore(TestServer server)
    {
        GetAsync().GetAwaiter().GetResult();
        return Asked(server);
    }

    private static int Asked(TestServer server) => server.Received.Count(r => r.Target != "/health");

    // Without retries for the passive check: it judges by the outcome that the client gets.
    private async Task StartAsync(TestClock? clock, params (string Setting, string Value)[] checks)
    {
        var settings = checks.ToDictionary(c => $"{Checks}:{c.Setting}", c => (string?)c.Value);
        settings["ReverseProxy:Clusters:orders:Destinations:first:Address"] = _first.Address.AbsoluteUri;
        settings["Resilience:Clusters:orders:Retries"] = clock is null ? "1" : "0";
        if (_slowStart is not null) settings["Resilience:Clusters:orders:SlowStart"] = _slowStart;
        _gateway = await GatewayApp.StartAsync(_issuer.Trust, _second.Address, settings, clock);
        _client = Client.For(_gateway.Address);
    }

    private async Task<string> GetAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/orders/1") { Headers = { Authorization = new("Bearer", _issuer.Token()) } };
        using var answer = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        return answer.StatusCode == HttpStatusCode.OK ? await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken) : $"{(int)answer.StatusCode}";
    }

    public async ValueTask DisposeAsync()
    {
        if (_gateway is not null)
        {
            _client.Dispose();
            await _gateway.DisposeAsync();
        }

        await _first.DisposeAsync();
        await _second.DisposeAsync();
        await _issuer.DisposeAsync();
    }
}
