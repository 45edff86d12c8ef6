using System.Net.Sockets;
using FrontDoor.TestKit;
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
        _backend = await TestServer.StartAsync();
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
    public void WhatKestrelAloneCounts_IsSet()
    {
        var limits = _gateway.Services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.Limits;
        Assert.Equal((50, 7, 500, 500), (limits.MaxConcurrentConnections, limits.MaxConcurrentUpgradedConnections, limits.MinRequestBodyDataRate!.BytesPerSecond, limits.MinResponseDataRate!.BytesPerSecond));
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _backend.DisposeAsync();
        await _issuer.DisposeAsync();
    }
}
