using FrontDoor.TestKit;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace FrontDoor.Gateway.Tests.Management;

public sealed class DrainTests
{
    [Fact]
    public async Task RollingRestartOfTwoGateways_DropsNoRequest()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Windows has no SIGTERM");
        await using var backend = await TestServer.StartAsync();
        using var first = new DrainedProcess(backend, "00:00:03", "00:00:30");
        using var second = new DrainedProcess(backend, "00:00:03", "00:00:30");
        DrainedProcess[] both = [first, second];
        await first.StartAsync();
        await second.StartAsync();

        using var stop = new CancellationTokenSource();
        var ready = new List<DrainedProcess>(both);
        var watch = WatchAsync();
        var load = Enumerable.Range(0, 4).Select(LoadAsync).ToArray();
        foreach (var gateway in both)
        {
            gateway.Terminate();
            Assert.Equal(0, await gateway.ExitAsync());
            await gateway.StartAsync();
            await Until.TrueAsync(() => Volatile.Read(ref ready).Count == 2, "both gateways are ready");
        }

        await stop.CancelAsync();
        await watch;
        foreach (var count in await Task.WhenAll(load)) Assert.True(count > 0);

        // As a balancer does: who is ready gets requests. None is sent twice.
        async Task WatchAsync()
        {
            while (!stop.IsCancellationRequested)
            {
                var now = new List<DrainedProcess>();
                foreach (var gateway in both)
                {
                    if (await gateway.IsReadyAsync()) now.Add(gateway);
                }

                Volatile.Write(ref ready, now);
                await Task.Delay(20, TestContext.Current.CancellationToken);
            }
        }

        async Task<int> LoadAsync(int worker)
        {
            var clients = both.ToDictionary(g => g, g => Client.For(g.Public));
            var count = 0;
            while (!stop.IsCancellationRequested)
            {
                var now = Volatile.Read(ref ready);
                var client = clients[now[(worker + count) % now.Count]];
                Assert.Equal("ok", await client.GetStringAsync(new Uri($"/{worker}/{count++}", UriKind.Relative), TestContext.Current.CancellationToken));
            }

            foreach (var client in clients.Values) client.Dispose();
            return count;
        }
    }

    [Fact]
    public async Task RequestUnderWay_IsAnsweredBeforeTheEnd()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Windows has no SIGTERM");
        var release = new TaskCompletionSource();
        await using var backend = await TestServer.StartAsync(async context =>
        {
            if (context.Request.Path == "/long") await release.Task;
            await context.Response.WriteAsync("done");
        });
        using var gateway = new DrainedProcess(backend, "00:00:05", "00:00:30");
        await gateway.StartAsync();
        using var client = Client.For(gateway.Public);
        var asked = client.GetAsync(new Uri("/long", UriKind.Relative), TestContext.Current.CancellationToken);
        await Until.TrueAsync(() => backend.Received.Count == 1, "the request is under way");
        gateway.Terminate();
        await gateway.BecomesUnreadyAsync();
        // It does not ask for the end of its connection.
        var during = await RawHttp.SendAsync(gateway.Public, $"GET /short HTTP/1.1\r\nHost: {gateway.Public.Authority}\r\n\r\n", TestContext.Current.CancellationToken);
        Assert.Contains("\r\nConnection: close\r\n", during, StringComparison.Ordinal);
        Assert.EndsWith("done\r\n0\r\n\r\n", during, StringComparison.Ordinal);

        await gateway.NoLongerAcceptsAsync();
        release.SetResult();
        using var answer = await asked;
        Assert.True(answer.IsSuccessStatusCode);
        Assert.Equal("done", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(0, await gateway.ExitAsync());
    }

    /// <summary>RFC 9113 section 6.8: the client hears that no further stream will be served, and the one under way is.</summary>
    [Fact]
    public async Task Http2Connection_IsToldToGoAndItsStreamIsAnswered()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Windows has no SIGTERM");
        var cancellation = TestContext.Current.CancellationToken;
        var release = new TaskCompletionSource();
        await using var backend = await TestServer.StartAsync(async context =>
        {
            await release.Task;
            await context.Response.WriteAsync("done");
        });
        using var gateway = new DrainedProcess(backend, "00:00:00", "00:00:30", ["--Kestrel:Endpoints:Public:Protocols=Http2"]);
        await gateway.StartAsync();
        using var connection = await RawHttp2.ConnectAsync(gateway.Public, cancellation);
        var head = RawHttp2.Block((":method", "GET"), (":scheme", "http"), (":authority", gateway.Public.Authority), (":path", "/long"));
        await connection.SendAsync(Http2Frame.Headers, Http2Frame.EndHeaders | Http2Frame.EndStream, 1, head, cancellation);
        await Until.TrueAsync(() => backend.Received.Count == 1, "the request is under way");
        gateway.Terminate();
        Assert.Equal(Http2Frame.GoAway, (await connection.OutcomeAsync(1, cancellation))!.Type);
        release.SetResult();
        var outcome = await connection.OutcomeAsync(1, cancellation);
        // Kestrel says it twice: first that it will, then up to which stream.
        while (outcome is { Type: Http2Frame.GoAway }) outcome = await connection.OutcomeAsync(1, cancellation);
        Assert.Equal((Http2Frame.Headers, 200), (outcome!.Type, outcome.Status));
        Assert.Equal(0, await gateway.ExitAsync());
    }

    [Fact]
    public async Task RequestThatOutlastsTheLimit_IsBrokenOff()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Windows has no SIGTERM");
        await using var backend = await TestServer.StartAsync(context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        using var gateway = new DrainedProcess(backend, "00:00:00", "00:00:01");
        await gateway.StartAsync();
        using var client = Client.For(gateway.Public);
        var asked = client.GetAsync(new Uri("/endless", UriKind.Relative), TestContext.Current.CancellationToken);
        await Until.TrueAsync(() => backend.Received.Count == 1, "the request is under way");
        gateway.Terminate();
        Assert.Equal(0, await gateway.ExitAsync());
        await Assert.ThrowsAsync<HttpRequestException>(() => asked);
    }
}
