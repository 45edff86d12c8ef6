using System.Collections.Concurrent;
using System.Net;
using FrontDoor.TestKit;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace FrontDoor.Gateway.Tests.Reliability;

/// <summary>More clients than the cluster's limit and queue hold (security contract 5): the surplus is told to come back, the rest is served.</summary>
public sealed class OverloadTests
{
    private const int Limit = 8;
    private const int Clients = 4 * Limit;

    [Theory]
    [InlineData("cluster", HttpStatusCode.ServiceUnavailable)]
    [InlineData("route", HttpStatusCode.TooManyRequests)]
    public async Task Surplus_IsShedWithRetryAfter_ServingGoesOn_AndAfterwardsAllIsWell(string where, HttpStatusCode shed)
    {
        var (now, most) = (0, 0);
        await using var issuer = await FakeIssuer.StartAsync();
        await using var backend = await TestServer.StartAsync(async context =>
        {
            var here = Interlocked.Increment(ref now);
            lock (issuer) most = Math.Max(most, here);
            await Task.Delay(20, context.RequestAborted);
            Interlocked.Decrement(ref now);
            await context.Response.WriteAsync(context.Request.Query["nonce"]!);
        });
        var settings = new Dictionary<string, string?> { ["RateLimits:few:Kind"] = "Concurrency", ["RateLimits:few:By"] = "Route", ["RateLimits:few:Permits"] = $"{Limit}", ["RateLimits:few:Queue"] = $"{Limit}" };
        if (where == "route") settings["ReverseProxy:Routes:public-echo:RateLimiterPolicy"] = "few";
        else (settings["Resilience:Clusters:sample:Concurrency:Limit"], settings["Resilience:Clusters:sample:Concurrency:Queue"]) = ($"{Limit}", $"{Limit}");
        await using var gateway = await GatewayApp.StartAsync(issuer.Trust, backend.Address, settings);

        var counts = new ConcurrentDictionary<HttpStatusCode, int>();
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async _ =>
        {
            using var client = Client.For(gateway.Address);
            for (var i = 0; i < 30; i++)
            {
                var status = await AskAsync(client, shed);
                counts.AddOrUpdate(status, 1, (_, count) => count + 1);
            }
        }));
        TestContext.Current.TestOutputHelper!.WriteLine(string.Join(' ', counts));
        Assert.True(counts.Keys.Order().SequenceEqual([HttpStatusCode.OK, shed]), string.Join(' ', counts));
        // The limit is full all the time, so what it lets through is at least what it was filled with once.
        Assert.True(counts[HttpStatusCode.OK] > 2 * Limit && counts[shed] > 0, string.Join(' ', counts));
        Assert.InRange(most, 1, Limit);

        using var later = Client.For(gateway.Address);
        await Until.TrueAsync(() => AskAsync(later, shed).GetAwaiter().GetResult() == HttpStatusCode.OK, "there is room again");
        for (var i = 0; i < 30; i++) Assert.Equal(HttpStatusCode.OK, await AskAsync(later, shed));
    }

    private static async Task<HttpStatusCode> AskAsync(HttpClient client, HttpStatusCode shed)
    {
        var nonce = Guid.NewGuid().ToString("N");
        using var answer = await client.GetAsync(new Uri($"/api/public/echo/x?nonce={nonce}", UriKind.Relative), TestContext.Current.CancellationToken);
        var body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        if (answer.StatusCode == HttpStatusCode.OK) Assert.Equal(nonce, body);
        if (answer.StatusCode == shed) Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        return answer.StatusCode;
    }
}
