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
        answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => LimitTests.GetAsync(one)));
        Assert.Equal(20, answers.Count(a => a == HttpStatusCode.OK));
        Assert.Contains(first.Logs.All, line => line.Contains("Redis cannot count", StringComparison.Ordinal));
    }

    private static async Task UntilReadyIsAsync(GatewayApp gateway, string status)
    {
        using var client = Client.For(gateway.ManagementAddress);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(20));
        while (await client.GetStringAsync(new Uri("/health/ready", UriKind.Relative), patience.Token) != status) await Task.Yield();
    }
}
