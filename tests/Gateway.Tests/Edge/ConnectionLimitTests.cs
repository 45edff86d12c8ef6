using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using FrontDoor.Gateway.Edge;
using FrontDoor.TestKit;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace FrontDoor.Gateway.Tests.Edge;

public sealed class ConnectionLimitTests : IAsyncLifetime
{
    private FakeIssuer _issuer = null!;
    private TestServer _backend = null!;
    private GatewayApp _gateway = null!;

    public async ValueTask InitializeAsync()
    {
        _issuer = await FakeIssuer.StartAsync();
        _backend = await TestServer.StartAsync(EchoAsync);
        _gateway = await GatewayApp.StartAsync(_issuer.Trust, _backend.Address, new Dictionary<string, string?>
        {
            ["Kestrel:Endpoints:Http2:Url"] = "http://127.0.0.1:0",
            ["Kestrel:Endpoints:Http2:Protocols"] = "Http2",
            ["Edge:Connections:MaxConnections"] = "50",
            ["Edge:Connections:MaxUpgraded"] = "7",
            ["Edge:Connections:MaxRequestLineBytes"] = "300",
            ["Edge:Connections:MaxHeaders"] = "10",
            ["Edge:Connections:MaxHeadersBytes"] = "2000",
            ["Edge:Connections:HeadersTimeout"] = "00:00:01",
            ["Edge:Connections:IdleTimeout"] = "00:00:01",
            ["Edge:Connections:MinBytesPerSecond"] = "500",
            ["Edge:Connections:MaxHttp2Streams"] = "7",
        });
    }

    [Fact]
    public async Task SizesOverTheLimits_AreRefused()
    {
        var line = await RawHttp.RequestAsync(_gateway.Address, "GET", "/api/public/echo/" + new string('x', 300));
        var many = await RawHttp.RequestAsync(_gateway.Address, "GET", "/api/public/echo/x", [.. Enumerable.Range(0, 10).Select(i => $"X-{i}: {i}")]);
        var large = await RawHttp.RequestAsync(_gateway.Address, "GET", "/api/public/echo/x", $"X-Large: {new string('x', 2000)}");
        var good = await RawHttp.RequestAsync(_gateway.Address, "GET", "/api/public/echo/x", $"X-Large: {new string('x', 1000)}");
        Assert.Equal((414, 431, 431, 200), (RawHttp.Status(line), RawHttp.Status(many), RawHttp.Status(large), RawHttp.Status(good)));
    }

    [Theory]
    [InlineData("GET /slow HTTP/1.1\r\nHost: ")]
    [InlineData("")]
    public async Task SlowHeadersAndIdleConnections_AreCut(string sent)
    {
        using var connection = new TcpClient();
        await connection.ConnectAsync(_gateway.Address.Host, _gateway.Address.Port, TestContext.Current.CancellationToken);
        await connection.GetStream().WriteAsync(System.Text.Encoding.Latin1.GetBytes(sent), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(connection.GetStream());
        // Ends only because the server closes.
        var answer = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.StartsWith(sent.Length > 0 ? "HTTP/1.1 408 " : "", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Http2Streams_AreAnnounced()
    {
        using var connection = new TcpClient();
        await connection.ConnectAsync(_gateway.Http2Address!.Host, _gateway.Http2Address.Port, TestContext.Current.CancellationToken);
        // RFC 9113 section 3.4: the preface and an empty SETTINGS frame.
        await connection.GetStream().WriteAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u0004\0\0\0\0\0"u8.ToArray(), TestContext.Current.CancellationToken);
        var head = new byte[9];
        await connection.GetStream().ReadExactlyAsync(head, TestContext.Current.CancellationToken);
        Assert.Equal(4, head[3]);
        var settings = new byte[(head[1] << 8) | head[2]];
        await connection.GetStream().ReadExactlyAsync(settings, TestContext.Current.CancellationToken);
        // Section 6.5.2: SETTINGS_MAX_CONCURRENT_STREAMS is 3.
        Assert.Contains(settings.Chunk(6), s => s is [0, 3, 0, 0, 0, 7]);
    }

    [Fact]
    public async Task ConnectionBeyondTheMost_IsClosedAndRoomComesBack()
    {
        var open = new List<TcpClient>();
        try
        {
            // The gateway's own start may have left some, so: until one is turned away.
            while (open.Count <= 50 && await AsksAsync(await OpenAsync(open))) Assert.True(open.Count <= 50, "more than 50 are served");
            Assert.False(await AsksAsync(open[^1]));
            Assert.True(await AsksAsync(open[0]));
        }
        finally
        {
            foreach (var connection in open) connection.Dispose();
        }

        using var client = Client.For(_gateway.Address);
        await Until.TrueAsync(
            () =>
            {
                using var connection = new TcpClient();
                connection.Connect(_gateway.Address.Host, _gateway.Address.Port);
                return AsksAsync(connection).GetAwaiter().GetResult();
            },
            "others are served again");
    }

    [Fact]
    public async Task WebSocketBeyondTheMost_IsNotOpenedAndOthersGoOn()
    {
        var sockets = new List<ClientWebSocket>();
        try
        {
            for (var i = 0; i < 7; i++) sockets.Add(await SocketAsync());
            using var surplus = NewSocket();
            await Assert.ThrowsAsync<WebSocketException>(() => surplus.ConnectAsync(SocketAddress, TestContext.Current.CancellationToken));
            Assert.Equal(HttpStatusCode.ServiceUnavailable, surplus.HttpStatusCode);
            Assert.Equal(200, RawHttp.Status(await RawHttp.RequestAsync(_gateway.Address, "GET", "/api/public/echo/x")));
            await sockets[0].SendAsync("still"u8.ToArray(), WebSocketMessageType.Text, true, TestContext.Current.CancellationToken);
            var buffer = new byte[10];
            Assert.Equal(5, (await sockets[0].ReceiveAsync(buffer, TestContext.Current.CancellationToken)).Count);
        }
        finally
        {
            foreach (var socket in sockets) socket.Dispose();
        }
    }

    [Fact]
    public void WhatKestrelAloneCounts_IsSet()
    {
        var limits = _gateway.Services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.Limits;
        Assert.Equal((50, 7, 500, 500), (limits.MaxConcurrentConnections, limits.MaxConcurrentUpgradedConnections, limits.MinRequestBodyDataRate!.BytesPerSecond, limits.MinResponseDataRate!.BytesPerSecond));
    }

    /// <summary>Security contract 1.5, for a configuration that says nothing.</summary>
    [Fact]
    public void Defaults_AreSafe()
    {
        var limits = new KestrelServerLimits();
        new EdgeOptions().Connections.ApplyTo(limits);
        Assert.Equal((8192, 100, 32768), (limits.MaxRequestLineSize, limits.MaxRequestHeaderCount, limits.MaxRequestHeadersTotalSize));
        Assert.Equal((30, 130), (limits.RequestHeadersTimeout.TotalSeconds, limits.KeepAliveTimeout.TotalSeconds));
        Assert.Equal((240, 5), (limits.MinRequestBodyDataRate!.BytesPerSecond, limits.MinRequestBodyDataRate.GracePeriod.TotalSeconds));
        Assert.Equal((240, 5), (limits.MinResponseDataRate!.BytesPerSecond, limits.MinResponseDataRate.GracePeriod.TotalSeconds));
        Assert.Equal((100, 30_000_000), (limits.Http2.MaxStreamsPerConnection, new EdgeOptions().MaxRequestBodyBytes));
    }

    private async Task<TcpClient> OpenAsync(List<TcpClient> open)
    {
        open.Add(new TcpClient());
        await open[^1].ConnectAsync(_gateway.Address.Host, _gateway.Address.Port, TestContext.Current.CancellationToken);
        return open[^1];
    }

    // Whether a connection is served: a request on it, which leaves it open, begins to be answered.
    private async Task<bool> AsksAsync(TcpClient connection)
    {
        try
        {
            await connection.GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes($"HEAD /nowhere HTTP/1.1\r\nHost: {_gateway.Address.Authority}\r\n\r\n"), TestContext.Current.CancellationToken);
            return await connection.GetStream().ReadAsync(new byte[4096], TestContext.Current.CancellationToken) > 0;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private Uri SocketAddress => new UriBuilder(_gateway.Address) { Scheme = "ws", Path = "/api/socket" }.Uri;

    private ClientWebSocket NewSocket()
    {
        var socket = new ClientWebSocket { Options = { CollectHttpResponseDetails = true } };
        socket.Options.SetRequestHeader("Authorization", $"Bearer {_issuer.Token()}");
        return socket;
    }

    private async Task<ClientWebSocket> SocketAsync()
    {
        var socket = NewSocket();
        await socket.ConnectAsync(SocketAddress, TestContext.Current.CancellationToken);
        return socket;
    }

    private static async Task EchoAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            await context.Response.WriteAsync("ok");
            return;
        }

        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[100];
        try
        {
            while (await socket.ReceiveAsync(buffer, context.RequestAborted) is { MessageType: not WebSocketMessageType.Close } part)
                await socket.SendAsync(buffer.AsMemory(0, part.Count), part.MessageType, part.EndOfMessage, context.RequestAborted);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            // The test has left.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _backend.DisposeAsync();
        await _issuer.DisposeAsync();
    }
}
