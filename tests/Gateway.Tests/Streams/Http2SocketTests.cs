using System.Net;
using System.Net.WebSockets;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.Streams;

/// <summary>A browser whose page came over HTTP/2 opens its WebSockets there, too (RFC 8441); they are judged as over HTTP/1.1.</summary>
public sealed class Http2SocketTests : IAsyncLifetime
{
    private const string Cookie = "__Host-access";

    private FakeIssuer _issuer = null!;
    private TestServer _backend = null!;
    private GatewayApp _gateway = null!;

    public async ValueTask InitializeAsync()
    {
        _issuer = await FakeIssuer.StartAsync();
        _backend = await TestServer.StartAsync(async context =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            var buffer = new byte[64 * 1024];
            while (await socket.ReceiveAsync(buffer.AsMemory(), context.RequestAborted) is { MessageType: not WebSocketMessageType.Close } part)
                await socket.SendAsync(buffer.AsMemory(0, part.Count), part.MessageType, part.EndOfMessage, context.RequestAborted);
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "bye", context.RequestAborted);
        });
        _gateway = await GatewayApp.StartAsync(_issuer.Trust, _backend.Address, new Dictionary<string, string?>
        {
            ["Kestrel:Endpoints:Http2:Url"] = "http://127.0.0.1:0",
            ["Kestrel:Endpoints:Http2:Protocols"] = "Http2",
            ["Edge:MaxRequestBodyBytes"] = "1000",
            ["Policies:get:Methods:0"] = "GET",
            ["Policies:post:Methods:0"] = "POST",
            ["ReverseProxy:Routes:get:ClusterId"] = "sample",
            ["ReverseProxy:Routes:get:AuthorizationPolicy"] = "get",
            ["ReverseProxy:Routes:get:Match:Path"] = "/get",
            ["ReverseProxy:Routes:get:Match:Methods:0"] = "GET",
            ["ReverseProxy:Routes:post:ClusterId"] = "sample",
            ["ReverseProxy:Routes:post:AuthorizationPolicy"] = "post",
            ["ReverseProxy:Routes:post:Match:Path"] = "/post",
            ["Upstream:Clusters:orders:BufferRequests"] = "true",
            ["ReverseProxy:Routes:buffered:ClusterId"] = "orders",
            ["ReverseProxy:Routes:buffered:Match:Path"] = "/buffered",
            ["Credentials:Routes:socket:Query"] = "access_token",
            ["Credentials:Routes:socket:Cookie"] = Cookie,
        });
    }

    [Theory]
    [InlineData("/api/socket")]
    [InlineData("/get")]
    [InlineData("/buffered")]
    public async Task Socket_IsOpenedAsOverHttp11(string path)
    {
        using var socket = Socket(("Authorization", $"Bearer {_issuer.Token()}"), ("X-Forwarded-User", "root"));
        await ConnectAsync(socket, path);
        var buffer = new byte[64 * 1024];
        // More than a body may have: it is none.
        foreach (var size in new[] { 1, 126, 30_000 })
        {
            await socket.SendAsync(new byte[size], WebSocketMessageType.Binary, endOfMessage: true, TestContext.Current.CancellationToken);
            var received = 0;
            ValueWebSocketReceiveResult part;
            do received += (part = await socket.ReceiveAsync(buffer.AsMemory(received), TestContext.Current.CancellationToken)).Count;
            while (!part.EndOfMessage);
            Assert.Equal(size, received);
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, TestContext.Current.CancellationToken);
        var arrived = Assert.Single(_backend.Received);
        Assert.Equal(("GET", path, "42"), (arrived.Method, arrived.Target, arrived.Header("X-Forwarded-User")));
    }

    [Theory]
    [InlineData("/api/socket", null, HttpStatusCode.Unauthorized)]
    [InlineData("/api/socket", "Bearer bad", HttpStatusCode.Unauthorized)]
    [InlineData("/api/admin/socket", "good", HttpStatusCode.Forbidden)]
    [InlineData("/post", "good", HttpStatusCode.Forbidden)]
    [InlineData("/api//socket", "good", HttpStatusCode.BadRequest)]
    [InlineData("/api/..;/socket", "good", HttpStatusCode.BadRequest)]
    [InlineData("/index.html", "good", HttpStatusCode.NotFound)]
    public async Task RefusedSocket_ReachesNobody(string path, string? authorization, HttpStatusCode status)
    {
        using var socket = authorization is null ? Socket() : Socket(("Authorization", authorization == "good" ? $"Bearer {_issuer.Token()}" : authorization));
        await RefusedAsync(socket, path, status);
    }

    [Fact]
    public async Task TokenOfQueryOrCookie_IsJudgedAsOverHttp11()
    {
        using (var query = Socket()) await ConnectAsync(query, $"/api/socket?access_token={_issuer.Token()}&a=1");
        Assert.Equal("/api/socket?a=1", Assert.Single(_backend.Received).Target);
        using (var stranger = Socket(("Cookie", $"{Cookie}={_issuer.Token()}"), ("Origin", "https://evil.test"))) await RefusedAsync(stranger, "/api/socket", HttpStatusCode.Forbidden, before: 1);
        using (var unsaid = Socket(("Cookie", $"{Cookie}={_issuer.Token()}"))) await RefusedAsync(unsaid, "/api/socket", HttpStatusCode.Forbidden, before: 1);
        using (var own = Socket(("Cookie", $"{Cookie}={_issuer.Token()}"), ("Origin", $"http://{_gateway.Http2Address!.Authority}"))) await ConnectAsync(own, "/api/socket");
        Assert.Null(_backend.Received.Last().Header("Cookie"));
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _backend.DisposeAsync();
        await _issuer.DisposeAsync();
    }

    private static ClientWebSocket Socket(params (string Name, string Value)[] headers)
    {
        var socket = new ClientWebSocket { Options = { HttpVersion = HttpVersion.Version20, HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact, CollectHttpResponseDetails = true } };
        foreach (var (name, value) in headers) socket.Options.SetRequestHeader(name, value);
        return socket;
    }

    private async Task ConnectAsync(ClientWebSocket socket, string target)
    {
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler());
        await socket.ConnectAsync(new Uri($"ws://{_gateway.Http2Address!.Authority}{target}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }), invoker, TestContext.Current.CancellationToken);
    }

    private async Task RefusedAsync(ClientWebSocket socket, string path, HttpStatusCode status, int before = 0)
    {
        await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync(socket, path));
        Assert.Equal(status, socket.HttpStatusCode);
        Assert.Equal(before, _backend.Received.Count);
    }
}
