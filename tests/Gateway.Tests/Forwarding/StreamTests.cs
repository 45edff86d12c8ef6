using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using FrontDoor.TestKit;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace FrontDoor.Gateway.Tests.Forwarding;

public sealed class StreamTests : IAsyncLifetime
{
    private readonly TaskCompletionSource _secondEvent = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private FakeIssuer _issuer = null!;
    private TestServer _backend = null!;
    private GatewayApp _gateway = null!;

    public async ValueTask InitializeAsync()
    {
        _issuer = await FakeIssuer.StartAsync();
        _backend = await TestServer.StartAsync(context => context.Request.Path.Value switch
        {
            "/api/socket" => EchoAsync(context),
            "/api/events" => EventsAsync(context),
            _ => LeftAsync(context),
        });
        _gateway = await GatewayApp.StartAsync(_issuer.Trust, _backend.Address);
    }

    [Fact]
    public async Task WebSocket_IsEchoedAndClosed()
    {
        using var socket = Socket($"Bearer {_issuer.Token()}");
        await socket.ConnectAsync(SocketAddress, TestContext.Current.CancellationToken);
        var buffer = new byte[200_000];
        foreach (var size in new[] { 1, 125, 126, 70_000 })
        {
            await socket.SendAsync(new byte[size], WebSocketMessageType.Binary, endOfMessage: true, TestContext.Current.CancellationToken);
            var received = 0;
            ValueWebSocketReceiveResult part;
            do
            {
                part = await socket.ReceiveAsync(buffer.AsMemory(received), TestContext.Current.CancellationToken);
                received += part.Count;
            }
            while (!part.EndOfMessage);
            Assert.Equal(size, received);
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", TestContext.Current.CancellationToken);
        Assert.Equal((WebSocketCloseStatus.NormalClosure, "bye"), (socket.CloseStatus, socket.CloseStatusDescription));
        Assert.Equal("42", Assert.Single(_backend.Received).Header("X-Forwarded-User"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Bearer bad")]
    public async Task WebSocketWithoutGoodToken_IsNotOpened(string? authorization)
    {
        using var socket = Socket(authorization);
        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(SocketAddress, TestContext.Current.CancellationToken));
        Assert.Equal(HttpStatusCode.Unauthorized, socket.HttpStatusCode);
        Assert.Empty(_backend.Received);
    }

    [Fact]
    public async Task Events_ArriveOneByOne()
    {
        using var client = Client.For(_gateway.Address);
        using var request = Request("/api/events");
        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        Assert.Equal("data: first", await lines.ReadLineAsync(TestContext.Current.CancellationToken));

        // The back end sends the second one only when the first one is here.
        _secondEvent.SetResult();
        Assert.Equal("", await lines.ReadLineAsync(TestContext.Current.CancellationToken));
        Assert.Equal("data: second", await lines.ReadLineAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("/api/echo/hang", 499, "client_closed_request")]
    [InlineData("/api/events", 200, "-")]
    public async Task ClientThatLeaves_EndsTheForwardedRequestAndIsNoFault(string path, int status, string reason)
    {
        using (var connection = new TcpClient())
        {
            await connection.ConnectAsync(_gateway.Address.Host, _gateway.Address.Port, TestContext.Current.CancellationToken);
            var head = $"GET {path} HTTP/1.1\r\nHost: {_gateway.Address.Authority}\r\nAuthorization: Bearer {_issuer.Token()}\r\n\r\n";
            await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head), TestContext.Current.CancellationToken);
            await Until.TrueAsync(() => _backend.Received.Any(r => r.Target == path), "the request has arrived");
            if (status == 200) Assert.NotEqual(0, await connection.GetStream().ReadAsync(new byte[1], TestContext.Current.CancellationToken));
        }

        await _aborted.Task.WaitAsync(Until.Patience, TestContext.Current.CancellationToken);
        await Until.TrueAsync(() => _gateway.Logs.All.Any(l => l.Contains($"GET {path} {status} ", StringComparison.Ordinal)), "the access log has its line");
        Assert.Contains(_gateway.Logs.All, l => l.TrimEnd().EndsWith($"reason={reason}", StringComparison.Ordinal) && l.Contains(path, StringComparison.Ordinal));
        Assert.DoesNotContain(_gateway.Logs.All, l => l.StartsWith("Error", StringComparison.Ordinal) || l.StartsWith("Warning", StringComparison.Ordinal));
    }

    public async ValueTask DisposeAsync()
    {
        _secondEvent.TrySetResult();
        await _gateway.DisposeAsync();
        await _backend.DisposeAsync();
        await _issuer.DisposeAsync();
    }

    private Uri SocketAddress => new UriBuilder(_gateway.Address) { Scheme = "ws", Path = "/api/socket" }.Uri;

    private static ClientWebSocket Socket(string? authorization)
    {
        var socket = new ClientWebSocket { Options = { CollectHttpResponseDetails = true } };
        if (authorization is not null) socket.Options.SetRequestHeader("Authorization", authorization);
        return socket;
    }

    private HttpRequestMessage Request(string path)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {_issuer.Token()}");
        return request;
    }

    private static async Task EchoAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[4096];
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer, context.RequestAborted);
            if (part.MessageType == WebSocketMessageType.Close) break;
            await socket.SendAsync(buffer.AsMemory(0, part.Count), part.MessageType, part.EndOfMessage, context.RequestAborted);
        }

        await socket.CloseAsync(socket.CloseStatus!.Value, socket.CloseStatusDescription, context.RequestAborted);
    }

    private async Task EventsAsync(HttpContext context)
    {
        context.Response.ContentType = "text/event-stream";
        await SendAsync("data: first\n\n");
        if (await Task.WhenAny(_secondEvent.Task, LeftAsync(context)) == _secondEvent.Task) await SendAsync("data: second\n\n");

        async Task SendAsync(string text)
        {
            await context.Response.Body.WriteAsync(Encoding.ASCII.GetBytes(text), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
    }

    private async Task LeftAsync(HttpContext context)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        _aborted.TrySetResult();
    }
}
