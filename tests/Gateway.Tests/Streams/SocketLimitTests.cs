using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using FrontDoor.TestKit;
using Microsoft.AspNetCore.Http.Features;
using Xunit;

namespace FrontDoor.Gateway.Tests.Streams;

/// <summary>A bound of one for upgraded connections.</summary>
public sealed class SocketLimitTests : IAsyncLifetime
{
    private FakeIssuer _issuer = null!;
    private TestServer _backend = null!;
    private GatewayApp _gateway = null!;

    public async ValueTask InitializeAsync()
    {
        _issuer = await FakeIssuer.StartAsync();
        _backend = await TestServer.StartAsync(async context =>
        {
            if (context.WebSockets.IsWebSocketRequest)
            {
                using var socket = await context.WebSockets.AcceptWebSocketAsync();
                await socket.ReceiveAsync(new byte[10].AsMemory(), context.RequestAborted);
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
                return;
            }

            context.Response.Headers.Upgrade = "SPDY/3.1";
            await using var tunnel = await context.Features.Get<IHttpUpgradeFeature>()!.UpgradeAsync();
            await tunnel.ReadAsync(new byte[1], context.RequestAborted).AsTask().ContinueWith(_ => { }, TaskScheduler.Default);
        });
        _gateway = await GatewayApp.StartAsync(_issuer.Trust, _backend.Address, new Dictionary<string, string?>
        {
            ["Kestrel:Endpoints:Http2:Url"] = "http://127.0.0.1:0",
            ["Kestrel:Endpoints:Http2:Protocols"] = "Http2",
            ["Edge:Connections:MaxUpgraded"] = "1",
        });
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task SocketBeyondTheBound_Is503UntilThereIsRoom(bool first, bool second)
    {
        using (var open = await OpenAsync(first))
        {
            using var further = Socket(second);
            await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync(further, second));
            Assert.Equal(HttpStatusCode.ServiceUnavailable, further.HttpStatusCode);
            Assert.Single(_backend.Received);
            await open.CloseAsync(WebSocketCloseStatus.NormalClosure, null, TestContext.Current.CancellationToken);
        }

        await Until.TrueAsync(
            async () =>
            {
                using var next = Socket(second);
                try
                {
                    await ConnectAsync(next, second);
                    return true;
                }
                catch (WebSocketException)
                {
                    return false; // the first one is still being cleared away
                }
            },
            "there is room again");
    }

    // What Kestrel counts itself: the back end has said 101, and there is no tunnel.
    [Fact]
    public async Task UpgradeBeyondTheBound_IsNoUpgrade()
    {
        var request = $"GET /api/socket HTTP/1.1\r\nHost: {_gateway.Address.Authority}\r\nAuthorization: Bearer {_issuer.Token()}\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n\r\n";
        using var first = new TcpClient();
        await first.ConnectAsync(_gateway.Address.Host, _gateway.Address.Port, TestContext.Current.CancellationToken);
        await first.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request), TestContext.Current.CancellationToken);
        var head = new byte[12];
        await first.GetStream().ReadExactlyAsync(head, TestContext.Current.CancellationToken);
        Assert.Equal("HTTP/1.1 101", Encoding.ASCII.GetString(head));

        var answer = await RawHttp.SendAsync(_gateway.Address, request + RawHttp.Farewell(_gateway.Address), TestContext.Current.CancellationToken);
        Assert.Equal(503, RawHttp.Status(answer));
        Assert.DoesNotContain("\r\nUpgrade:", answer, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("\r\nRetry-After: 1\r\n", answer, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _backend.DisposeAsync();
        await _issuer.DisposeAsync();
    }

    private async Task<ClientWebSocket> OpenAsync(bool http2)
    {
        var socket = Socket(http2);
        await ConnectAsync(socket, http2);
        return socket;
    }

    private ClientWebSocket Socket(bool http2)
    {
        var socket = new ClientWebSocket { Options = { CollectHttpResponseDetails = true } };
        if (http2) (socket.Options.HttpVersion, socket.Options.HttpVersionPolicy) = (HttpVersion.Version20, HttpVersionPolicy.RequestVersionExact);
        socket.Options.SetRequestHeader("Authorization", $"Bearer {_issuer.Token()}");
        return socket;
    }

    private Task ConnectAsync(ClientWebSocket socket, bool http2) => socket.ConnectAsync(
        new Uri($"ws://{(http2 ? _gateway.Http2Address! : _gateway.Address).Authority}/api/socket"), new HttpMessageInvoker(new SocketsHttpHandler()), TestContext.Current.CancellationToken);
}
