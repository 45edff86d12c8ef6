using System.Net;
using FrontDoor.Gateway.Tests.Forwarding;
using FrontDoor.Gateway.Tests.Management;
using FrontDoor.TestKit;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace FrontDoor.Gateway.Tests.Reliability;

/// <summary>A back end that takes requests and says nothing (security contract 5), in front of it a gateway process whose memory is judged.</summary>
[Collection(nameof(Alone))]
public sealed class HungBackEndTests
{
    private const int Requests = 1_000;
    private const long Megabyte = 1024 * 1024;

    [Fact]
    public async Task ThousandHungRequests_CostLittle_OtherRoutesAnswer_AndEachIs504()
    {
        var hung = 0;
        await using var backend = await TestServer.StartAsync(async context =>
        {
            if (context.Request.Path.StartsWithSegments("/hang", StringComparison.Ordinal))
            {
                Interlocked.Increment(ref hung);
                await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            context.Response.StatusCode = StatusCodes.Status204NoContent;
        });
        using var gateway = new DrainedProcess(backend, "00:00:00", "00:00:05", ["--Resilience:Clusters:c:AttemptTimeout=00:00:10", "--Resilience:Clusters:c:Retries=0"]);
        await gateway.StartAsync();
        using var client = Client.For(gateway.Public);
        for (var i = 0; i < 200; i++) await GoodAsync(client);
        var before = gateway.ResidentBytes;

        var pending = Enumerable.Range(0, Requests).Select(async i =>
        {
            using var answer = await client.GetAsync(new Uri($"/hang/{i}", UriKind.Relative), TestContext.Current.CancellationToken);
            return answer.StatusCode;
        }).ToArray();
        await Until.TrueAsync(() => Volatile.Read(ref hung) == Requests, "all are under way");
        var grown = (gateway.ResidentBytes - before) / Megabyte;
        for (var i = 0; i < 20; i++) await GoodAsync(client);
        TestContext.Current.TestOutputHelper!.WriteLine($"{Requests} hung requests: {grown} MB more resident, of {before / Megabyte} MB");
        Assert.True(grown < 100, $"{grown} MB more");

        Assert.All(await Task.WhenAll(pending), status => Assert.Equal(HttpStatusCode.GatewayTimeout, status));
        await GoodAsync(client);
    }

    private static async Task GoodAsync(HttpClient client)
    {
        using var answer = await client.GetAsync(new Uri("/good", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
    }
}
