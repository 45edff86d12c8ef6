using FrontDoor.TestKit;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace FrontDoor.Gateway.Tests.Streams;

/// <summary>A tunnel is opened for a whole handshake alone, and nothing passes it before its 101. The back end here says yes to anything that names an upgrade.</summary>
public sealed class HandshakeTests : IAsyncLifetime
{
    private const string Upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\n";
    private const string Key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    private const string Version = "Sec-WebSocket-Version: 13\r\n";

    private FakeIssuer _issuer = null!;
    private TestServer _backend = null!;
    private GatewayApp _gateway = null!;

    public async ValueTask InitializeAsync()
    {
        _issuer = await FakeIssuer.StartAsync();
        _backend = await TestServer.StartAsync(async context =>
        {
            if (context.WebSockets.IsWebSocketRequest && context.Request.Path != "/api/socket/refused")
            {
                context.Response.Headers.Upgrade = "websocket";
                context.Response.Headers.SecWebSocketAccept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="; // of the key of RFC 6455 section 1.3
                await using var tunnel = await context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpUpgradeFeature>()!.UpgradeAsync();
                return;
            }

            await context.Response.WriteAsync("no socket here");
        });
        _gateway = await GatewayApp.StartAsync(_issuer.Trust, _backend.Address, new Dictionary<string, string?>
        {
            ["ReverseProxy:Routes:socket:Match:Path"] = "/api/socket/{**rest}",
            ["ReverseProxy:Routes:open-socket:ClusterId"] = "sample",
            ["ReverseProxy:Routes:open-socket:AuthorizationPolicy"] = "Anonymous",
            ["ReverseProxy:Routes:open-socket:Match:Path"] = "/open-socket",
        });
    }

    [Theory]
    [InlineData("GET", Key + Version, 101)]
    [InlineData("POST", Key + Version, 400)]
    [InlineData("HEAD", Key + Version, 400)]
    [InlineData("DELETE", Key + Version, 400)]
    [InlineData("GET", Version, 400)]
    [InlineData("GET", "Sec-WebSocket-Key: \r\n" + Version, 400)]
    [InlineData("GET", "Sec-WebSocket-Key: dGhlIHNhbXBsZQ==\r\n" + Version, 400)]
    [InlineData("GET", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZSBhbmQgbW9yZQ==\r\n" + Version, 400)]
    [InlineData("GET", "Sec-WebSocket-Key: not Base64\r\n" + Version, 400)]
    [InlineData("GET", Key + Key + Version, 400)]
    [InlineData("GET", Key, 426)]
    [InlineData("GET", Key + "Sec-WebSocket-Version: 8\r\n", 426)]
    [InlineData("GET", Key + "Sec-WebSocket-Version: 777\r\n", 426)]
    [InlineData("GET", Key + "Sec-WebSocket-Version: 13, 8\r\n", 426)]
    [InlineData("GET", Key + Version + Version, 426)]
    public async Task Handshake_IsForwardedOnlyWhole(string method, string fields, int status)
    {
        foreach (var (path, authorization) in new[] { ("/api/socket/x", $"Authorization: Bearer {_issuer.Token()}\r\n"), ("/open-socket", "") })
        {
            var before = _backend.Received.Count;
            var answer = await SendAsync($"{method} {path} HTTP/1.1\r\nHost: {_gateway.Address.Authority}\r\n{Upgrade}{authorization}{fields}\r\n", status == 101);
            Assert.Equal(status, RawHttp.Status(answer));
            Assert.Equal(status == 101 ? 1 : 0, _backend.Received.Count - before);
            foreach (var field in status == 426 ? ["Sec-WebSocket-Version: 13", "Upgrade: websocket", "Connection: Upgrade"] : Array.Empty<string>())
                Assert.Contains($"\r\n{field}\r\n", answer, StringComparison.Ordinal);
        }
    }

    // CVE-2025-64763: what follows a handshake is the tunnel's when there is one, else a request that is judged as any other.
    [Theory]
    [InlineData("/api/socket/refused", true, 200)]
    [InlineData("/api/socket/x", false, 401)]
    public async Task BytesBehindARefusedHandshake_AreARequestOfTheirOwn(string path, bool authorized, int status)
    {
        var authorization = authorized ? $"Authorization: Bearer {_issuer.Token()}\r\n" : "";
        var answers = await SendAsync(
            $"GET {path} HTTP/1.1\r\nHost: {_gateway.Address.Authority}\r\n{Upgrade}{Key}{Version}{authorization}\r\n"
            + $"GET /api/admin/early HTTP/1.1\r\nHost: {_gateway.Address.Authority}\r\nX-Forwarded-User: root\r\n\r\n", opened: false);
        Assert.Equal(status, RawHttp.Status(answers));
        Assert.DoesNotContain(_backend.Received, r => r.Target.Contains("early", StringComparison.Ordinal));
        Assert.Contains("HTTP/1.1 401 ", answers, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("websocket, h2c")]
    [InlineData("h2c")]
    [InlineData("TLS/1.2")]
    [InlineData("xwebsocket")]
    public async Task UpgradeToAnythingElse_IsNotForwarded(string protocol)
    {
        var answer = await SendAsync(
            $"GET /open-socket HTTP/1.1\r\nHost: {_gateway.Address.Authority}\r\nConnection: Upgrade\r\nUpgrade: {protocol}\r\n{Key}{Version}\r\n", opened: false);
        Assert.Equal(200, RawHttp.Status(answer));
        Assert.Null(Assert.Single(_backend.Received).Header("Upgrade"));
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _backend.DisposeAsync();
        await _issuer.DisposeAsync();
    }

    // A request behind it ends the connection; an open tunnel has none, its back end ends it.
    private Task<string> SendAsync(string request, bool opened) =>
        RawHttp.SendAsync(_gateway.Address, request + (opened ? "" : RawHttp.Farewell(_gateway.Address)), TestContext.Current.CancellationToken);
}
