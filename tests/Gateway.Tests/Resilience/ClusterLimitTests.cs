using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using FrontDoor.TestKit;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace FrontDoor.Gateway.Tests.Resilience;

/// <summary>Circuit breaker, concurrency limit, hedging, retry budget and retried methods of the cluster "orders", which prefers its first destination.</summary>
public sealed class ClusterLimitTests : IAsyncLifetime
{
    private readonly TestClock _clock = new();
    private FakeIssuer _issuer = null!;
    private TestServer _first = null!;
    private TestServer _second = null!;
    private GatewayApp? _gateway;
    private HttpClient _client = null!;
    private RequestDelegate _firstAnswer = context => context.Response.WriteAsync("first");

    public async ValueTask InitializeAsync()
    {
        _issuer = await FakeIssuer.StartAsync();
        _first = await TestServer.StartAsync(context => _firstAnswer(context));
        _second = await TestServer.StartAsync(context => context.Response.WriteAsync("second"));
    }

    [Fact]
    public async Task OpenCircuit_SparesTheDestinationUntilOneRequestFindsItWell()
    {
        await StartAsync(("CircuitBreaker:MinimumThroughput", "2"), ("CircuitBreaker:BreakDuration", "00:00:05"));
        _firstAnswer = Fail;
        for (var i = 0; i < 5; i++) Assert.Equal("second", await GetAsync());
        Assert.Equal((2, 5), (_first.Received.Count, _second.Received.Count));
        Assert.Contains(_gateway!.Logs.All, l => l.Contains("fails too often and is left alone for 00:00:05", StringComparison.Ordinal));

        _firstAnswer = context => context.Response.WriteAsync("first");
        _clock.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(["first", "first"], [await GetAsync(), await GetAsync()]);
    }

    /// <summary>By time that passes: the clock on the wall may be set meanwhile.</summary>
    [Theory]
    [InlineData(60)]
    [InlineData(-60)]
    [InlineData(-5)]
    public async Task ClockThatIsSet_NeitherKeepsACircuitOpenNorClosesIt(int minutes)
    {
        await StartAsync(("CircuitBreaker:MinimumThroughput", "2"), ("CircuitBreaker:BreakDuration", "00:00:05"));
        _firstAnswer = Fail;
        for (var i = 0; i < 3; i++) Assert.Equal("second", await GetAsync());
        _firstAnswer = context => context.Response.WriteAsync("first");
        _clock.Set(TimeSpan.FromMinutes(minutes));
        Assert.Equal("second", await GetAsync());
        _clock.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(["first", "first"], [await GetAsync(), await GetAsync()]);
    }

    [Fact]
    public async Task DestinationThatHangs_OpensItsCircuitToo()
    {
        await StartAsync(("CircuitBreaker:MinimumThroughput", "2"));
        _firstAnswer = context => Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
        for (var i = 0; i < 3; i++)
        {
            var pending = GetAsync();
            await WhileTimePassesAsync(pending);
            Assert.Equal("second", await pending);
        }

        Assert.Equal((2, 3), (_first.Received.Count, _second.Received.Count));
    }

    [Fact]
    public async Task ClientThatLeavesTheQueue_MakesRoomForAnother()
    {
        await StartAsync(("Concurrency:Limit", "1"), ("Concurrency:Queue", "1"));
        var go = new TaskCompletionSource();
        _firstAnswer = async context =>
        {
            await go.Task;
            await context.Response.WriteAsync("first");
        };
        var running = GetAsync();
        await Until.TrueAsync(() => _first.Received.Count == 1, "one is under way");
        using var leaving = new CancellationTokenSource();
        Task<HttpResponseMessage>[] two = [_client.GetAsync(new Uri("/open/x", UriKind.Relative), leaving.Token), _client.GetAsync(new Uri("/open/x", UriKind.Relative), leaving.Token)];
        using (var refused = await await Task.WhenAny(two)) Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(two));
        await Until.TrueAsync(() => _gateway!.Logs.All.Any(l => l.Contains(" 499 ", StringComparison.Ordinal)), "the gateway has noticed");

        var last = GetAsync();
        go.SetResult();
        Assert.Equal(["first", "first"], await Task.WhenAll(running, last));
    }

    [Fact]
    public async Task HedgesThatAllFail_AreOneFailure()
    {
        await StartAsync(("Hedging:Delay", "00:00:01"));
        _firstAnswer = Fail;
        await _second.DisposeAsync();
        using var answer = await SendAsync("GET", "/open/x");
        Assert.True(answer.StatusCode is HttpStatusCode.ServiceUnavailable or HttpStatusCode.BadGateway, $"{answer.StatusCode}");
        Assert.Single(_first.Received);
    }

    [Fact]
    public async Task AllCircuitsOpen_Is503AtOnce()
    {
        await StartAsync(("CircuitBreaker:MinimumThroughput", "2"), ("Retries", "0"));
        _firstAnswer = Fail;
        using (await SendAsync("GET", "/alone/x"))
        using (await SendAsync("GET", "/alone/x"))
        using (var refused = await SendAsync("GET", "/alone/x"))
        {
            await ProblemAssert.IsAsync(refused, HttpStatusCode.ServiceUnavailable, "service_unavailable");
            Assert.NotNull(refused.Headers.RetryAfter);
        }

        Assert.Equal(2, _first.Received.Count);
    }

    [Fact]
    public async Task MoreAtOnceThanAllowed_Is503AndTheQueueIsServed()
    {
        await StartAsync(("Concurrency:Limit", "1"), ("Concurrency:Queue", "1"));
        var go = new TaskCompletionSource();
        _firstAnswer = async context =>
        {
            await go.Task;
            await context.Response.WriteAsync("first");
        };
        var running = GetAsync();
        await Until.TrueAsync(() => _first.Received.Count == 1, "the first request is under way");
        // One more waits and one more is turned away; which of the two is decided by who comes first.
        var others = new[] { SendAsync("GET", "/open/x"), SendAsync("GET", "/open/x") };
        using var refused = await await Task.WhenAny(others);
        await ProblemAssert.IsAsync(refused, HttpStatusCode.ServiceUnavailable, "service_unavailable");
        go.SetResult();
        Assert.Equal("first", await running);
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable], (await Task.WhenAll(others)).Select(a => a.StatusCode).Order());
    }

    [Theory]
    [InlineData("GET", "second")]
    [InlineData("POST", "first")]
    public async Task SlowDestination_IsHedgedForRepeatableRequests(string method, string expected)
    {
        await StartAsync(("Hedging:Delay", "00:00:01"));
        var go = new TaskCompletionSource();
        _firstAnswer = async context =>
        {
            await go.Task;
            await context.Response.WriteAsync("first");
        };
        var pending = SendAsync(method, "/open/x");
        await Until.TrueAsync(() => _first.Received.Count == 1, "the first is asked");
        if (expected == "first") go.SetResult();
        await WhileTimePassesAsync(pending);
        using var answer = await pending;
        Assert.Equal(expected, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(expected == "second" ? 1 : 0, _second.Received.Count);
        go.TrySetResult();
    }

    [Fact]
    public async Task SpentBudget_PassesTheFailureOn()
    {
        await StartAsync(("RetryBudget:Ratio", "0"), ("RetryBudget:MinPerSecond", "2"));
        _firstAnswer = Fail;
        Assert.Equal(["second", "second", "", ""], [await GetAsync(), await GetAsync(), await GetAsync(), await GetAsync()]);
    }

    [Fact]
    public async Task RefusedConnections_CostNoBudgetWhereThereIsAnother()
    {
        await StartAsync(("RetryBudget:Ratio", "0"), ("RetryBudget:MinPerSecond", "0"));
        await _first.DisposeAsync();
        Assert.Equal(["second", "second", "second"], [await GetAsync(), await GetAsync(), await GetAsync()]);
    }

    [Theory]
    [InlineData("PUT", "second")]
    [InlineData("DELETE", "")]
    public async Task RetryMethods_SayWhatMayBeTriedAgain(string method, string expected)
    {
        await StartAsync(("RetryMethods:0", "PUT"));
        _firstAnswer = Fail;
        using var answer = await SendAsync(method, "/open/x");
        Assert.Equal(expected, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Retry_IsCountedByTheMeter()
    {
        using var listener = new MeterListener();
        var events = new ConcurrentQueue<string>();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument is { Meter.Name: "Polly", Name: "resilience.polly.strategy.events" }) self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<int>((_, _, tags, _) => events.Enqueue(string.Join(' ', tags.ToArray().Select(t => $"{t.Key}={t.Value}"))));
        listener.Start();
        await StartAsync();
        _firstAnswer = Fail;
        Assert.Equal("second", await GetAsync());
        Assert.Contains(events, e => e.Contains("event.name=OnRetry", StringComparison.Ordinal) && e.Contains("pipeline.name=orders", StringComparison.Ordinal));
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        if (_gateway is not null) await _gateway.DisposeAsync();
        await _second.DisposeAsync();
        await _first.DisposeAsync();
        await _issuer.DisposeAsync();
    }

    private static Task Fail(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        return Task.CompletedTask;
    }

    private async Task StartAsync(params (string Name, string Value)[] resilience)
    {
        var settings = new Dictionary<string, string?>
        {
            ["ReverseProxy:Clusters:orders:Destinations:second:Address"] = _second.Address.AbsoluteUri,
            ["ReverseProxy:Clusters:alone:Destinations:only:Address"] = _first.Address.AbsoluteUri,
        };
        foreach (var (route, cluster) in new[] { ("open", "orders"), ("alone", "alone") })
        {
            settings[$"ReverseProxy:Routes:{route}:ClusterId"] = cluster;
            settings[$"ReverseProxy:Routes:{route}:AuthorizationPolicy"] = "Anonymous";
            settings[$"ReverseProxy:Routes:{route}:Match:Path"] = $"/{route}/{{**rest}}";
            foreach (var (name, value) in resilience) settings[$"Resilience:Clusters:{cluster}:{name}"] = value;
        }

        _gateway = await GatewayApp.StartAsync(_issuer.Trust, _first.Address, settings, _clock);
        _client = Client.For(_gateway.Address);
    }

    // In steps: a pipeline starts its timers only after the request is on its way.
    private Task WhileTimePassesAsync(Task pending) => Until.TrueAsync(
        () =>
        {
            if (!pending.IsCompleted) _clock.Advance(TimeSpan.FromMilliseconds(50));
            return pending.IsCompleted;
        },
        "somebody has answered");

    private async Task<string> GetAsync()
    {
        using var answer = await SendAsync("GET", "/open/x");
        return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    private Task<HttpResponseMessage> SendAsync(string method, string path) =>
        _client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path), TestContext.Current.CancellationToken);
}
