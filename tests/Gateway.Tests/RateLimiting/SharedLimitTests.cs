using System.Diagnostics.Metrics;
using System.Net;
using FrontDoor.TestKit;
using Testcontainers.Redis;
using Xunit;

namespace FrontDoor.Gateway.Tests.RateLimiting;

/// <summary>Two gateways and a real Redis.</summary>
public sealed class SharedLimitTests
{
    [Fact]
    public async Task TwoGateways_ShareOneExactCount_AndCountAloneWhileRedisIsAway()
    {
        Needs.Docker();
        await using var redis = new RedisBuilder("redis:8").Build();
        await redis.StartAsync(TestContext.Current.CancellationToken);
        await using var issuer = await FakeIssuer.StartAsync();
        await using var backend = await TestServer.StartAsync();
        var settings = LimitTests.Limited(20, redis.GetConnectionString());
        await using var first = await GatewayApp.StartAsync(issuer.Trust, backend.Address, settings);
        await using var second = await GatewayApp.StartAsync(issuer.Trust, backend.Address, settings);
        using var one = Client.For(first.Address);
        using var two = Client.For(second.Address);
        await UntilReadyIsAsync(first, "Healthy");
        await UntilReadyIsAsync(second, "Healthy");

        var answers = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => LimitTests.GetAsync(i % 2 == 0 ? one : two)));
        Assert.Equal(20, answers.Count(a => a == HttpStatusCode.OK));
        Assert.Equal(40, answers.Count(a => a == HttpStatusCode.TooManyRequests));

        await redis.StopAsync(TestContext.Current.CancellationToken);
        await UntilReadyIsAsync(first, "Degraded");
        var alone = 0L;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Name == "gateway.rate_limits.local") l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, more, _, _) => Interlocked.Add(ref alone, more));
        listener.Start();
        answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => LimitTests.GetAsync(one)));
        Assert.Equal(20, answers.Count(a => a == HttpStatusCode.OK));
        Assert.Equal(30, alone);
        Assert.Single(first.Logs.All, line => line.Contains("Redis cannot count", StringComparison.Ordinal));
    }

    /// <summary>No window ends and no token comes back within the test.</summary>
    [Theory]
    [InlineData("SlidingWindow")]
    [InlineData("TokenBucket")]
    public async Task OtherKinds_AreExactAcrossTwoGateways(string kind)
    {
        Needs.Docker();
        await using var redis = new RedisBuilder("redis:8").Build();
        await redis.StartAsync(TestContext.Current.CancellationToken);
        await using var issuer = await FakeIssuer.StartAsync();
        await using var backend = await TestServer.StartAsync();
        var settings = LimitTests.Limited(20, redis.GetConnectionString());
        settings["RateLimits:tight:Kind"] = kind;
        settings["RateLimits:tight:Window"] = "1.00:00:00";
        await using var first = await GatewayApp.StartAsync(issuer.Trust, backend.Address, settings);
        await using var second = await GatewayApp.StartAsync(issuer.Trust, backend.Address, settings);
        using var one = Client.For(first.Address);
        using var two = Client.For(second.Address);
        await UntilReadyIsAsync(first, "Healthy");
        await UntilReadyIsAsync(second, "Healthy");

        var answers = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => LimitTests.GetAsync(i % 2 == 0 ? one : two)));
        Assert.Equal(20, answers.Count(a => a == HttpStatusCode.OK));
        Assert.Equal(40, answers.Count(a => a == HttpStatusCode.TooManyRequests));

        using var refused = await one.GetAsync(new Uri("/api/public/echo/x", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Matches("^\"tight\";r=0;t=[0-9]+$", Assert.Single(refused.Headers.GetValues("RateLimit")));
        // A sliding window frees its oldest segment, of at most a sixth, at the earliest; a token comes back after a 20th of the day.
        var day = TimeSpan.FromDays(1).TotalSeconds;
        var (least, most) = kind == "TokenBucket" ? (day / 20 - 60, day / 20) : (day * 5 / 6 - 60, day);
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, least, most);
        Assert.DoesNotContain(first.Logs.All, line => line.Contains("Redis cannot count", StringComparison.Ordinal));
    }

    /// <summary>Short windows: what was used comes back by the clock of Redis.</summary>
    [Theory]
    [InlineData("FixedWindow")]
    [InlineData("SlidingWindow")]
    [InlineData("TokenBucket")]
    public async Task WindowThatPassed_LetsRequestsPassAgain(string kind)
    {
        Needs.Docker();
        await using var redis = new RedisBuilder("redis:8").Build();
        await redis.StartAsync(TestContext.Current.CancellationToken);
        await using var issuer = await FakeIssuer.StartAsync();
        await using var backend = await TestServer.StartAsync();
        var settings = LimitTests.Limited(2, redis.GetConnectionString());
        settings["RateLimits:tight:Kind"] = kind;
        settings["RateLimits:tight:Window"] = "00:00:02";
        await using var gateway = await GatewayApp.StartAsync(issuer.Trust, backend.Address, settings);
        using var client = Client.For(gateway.Address);
        await UntilReadyIsAsync(gateway, "Healthy");

        await LimitTests.UntilAnswerIsAsync(client, HttpStatusCode.TooManyRequests);
        await LimitTests.UntilAnswerIsAsync(client, HttpStatusCode.OK);
        Assert.DoesNotContain(gateway.Logs.All, line => line.Contains("Redis cannot count", StringComparison.Ordinal));
    }

    private static async Task UntilReadyIsAsync(GatewayApp gateway, string status)
    {
        using var client = Client.For(gateway.ManagementAddress);
        await Until.TrueAsync(
            async () => await client.GetStringAsync(new Uri("/health/ready", UriKind.Relative), TestContext.Current.CancellationToken) == status, $"readiness is {status}");
    }
}
