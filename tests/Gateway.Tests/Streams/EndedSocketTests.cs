using System.Diagnostics.CodeAnalysis;
using System.Net.WebSockets;
using FrontDoor.TestKit;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Xunit;

namespace FrontDoor.Gateway.Tests.Streams;

/// <summary>A WebSocket ends with its token: close frame 1008, never inside another frame.</summary>
public sealed class EndedSocketTests
{
    private readonly TaskCompletionSource _go = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task TokenExpires_SocketIsClosedWith1008()
    {
        await using var gateway = await StreamGateway.StartAsync(EchoAsync);
        using var socket = await gateway.OpenSocketAsync();
        Assert.Equal("hello", await AskAsync(socket, "hello"));

        await gateway.ExpireTokenAsync();
        await ClosesAsync(socket, "token expired");
        await gateway.WhileTimePassesAsync(_left.Task);
        Assert.Contains(gateway.Logs, l => l.Contains("A stream of route socket was ended: token expired", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task SessionIsRevoked_SocketIsClosedWith1008(bool http2)
    {
        await using var gateway = await StreamGateway.StartAsync(EchoAsync);
        using var socket = await gateway.OpenSocketAsync(http2);
        await gateway.RevokeSessionAsync();
        await ClosesAsync(socket, "token revoked");
    }

    [Fact]
    public async Task FrameUnderWay_IsCompletedBeforeTheClose()
    {
        await using var gateway = await StreamGateway.StartAsync(context => FramesAsync(context, [0x81, 5, (byte)'h', (byte)'e'], "llo"u8.ToArray()));
        await using var socket = await gateway.OpenRawSocketAsync();
        await ReadsAsync(socket, [0x81, 5, (byte)'h', (byte)'e']);
        await gateway.RevokeSessionAsync();
        _go.SetResult();
        await ReadsAsync(socket, [.. "llo"u8, 0x88, 15, 0x03, 0xF0, .. "token revoked"u8]);
    }

    [Fact]
    public async Task FrameThatIsNeverCompleted_IsBrokenOff()
    {
        await using var gateway = await StreamGateway.StartAsync(context => FramesAsync(context, [0x81, 5, (byte)'h'], []));
        await using var socket = await gateway.OpenRawSocketAsync();
        await ReadsAsync(socket, [0x81, 5, (byte)'h']);
        await gateway.RevokeSessionAsync();
        await IsDisconnectedAsync(gateway, socket);
    }

    [Fact]
    public async Task ClientThatIgnoresTheClose_IsDisconnected()
    {
        await using var gateway = await StreamGateway.StartAsync(EchoAsync);
        await using var socket = await gateway.OpenRawSocketAsync();
        await gateway.RevokeSessionAsync();
        await ReadsAsync(socket, [0x88, 15, 0x03, 0xF0, .. "token revoked"u8]);
        await IsDisconnectedAsync(gateway, socket);
    }

    [Fact]
    public async Task BackendThatClosesFirst_IsNotContradicted()
    {
        await using var gateway = await StreamGateway.StartAsync(context => FramesAsync(context, [0x88, 2, 0x03, 0xE8], []));
        await using var socket = await gateway.OpenRawSocketAsync();
        await ReadsAsync(socket, [0x88, 2, 0x03, 0xE8]);
        await gateway.RevokeSessionAsync();
        await IsDisconnectedAsync(gateway, socket);
    }

    [Theory]
    [InlineData("Streams:EndWith")]
    [InlineData("Streams:Routes:socket")]
    public async Task EndWithRevocation_OutlivesTheTokenButNotItsSession(string setting)
    {
        await using var gateway = await StreamGateway.StartAsync(EchoAsync, new() { [setting] = "Revocation" });
        using var socket = await gateway.OpenSocketAsync();
        await Until.TrueAsync(() => gateway.Watches, "the stream is watched");
        gateway.Advance(TimeSpan.FromHours(1));
        Assert.Equal("still here", await AskAsync(socket, "still here"));
        await gateway.RevokeSessionAsync();
        await ClosesAsync(socket, "token revoked");
    }

    [Fact]
    public async Task EndWithNever_IsNotWatched()
    {
        await using var gateway = await StreamGateway.StartAsync(EchoAsync, new() { ["Streams:Routes:socket"] = "Never" });
        using var socket = await gateway.OpenSocketAsync();
        Assert.Equal("hello", await AskAsync(socket, "hello"));
        Assert.False(gateway.Watches);
    }

    private static async Task ClosesAsync(ClientWebSocket socket, string reason)
    {
        var end = await socket.ReceiveAsync(new byte[100], TestContext.Current.CancellationToken);
        Assert.Equal((WebSocketMessageType.Close, WebSocketCloseStatus.PolicyViolation, reason), (end.MessageType, end.CloseStatus, end.CloseStatusDescription));
        await socket.CloseOutputAsync(WebSocketCloseStatus.PolicyViolation, null, TestContext.Current.CancellationToken);
    }

    // A reset does as well as an end; one more byte does not.
    private static async Task IsDisconnectedAsync(StreamGateway gateway, Stream socket)
    {
        var next = socket.ReadAsync(new byte[1], TestContext.Current.CancellationToken).AsTask();
        await gateway.WhileTimePassesAsync(next);
        Assert.True(next.IsFaulted || await next == 0);
    }

    private static async Task ReadsAsync(Stream socket, byte[] expected)
    {
        var read = new byte[expected.Length];
        await socket.ReadExactlyAsync(read, TestContext.Current.CancellationToken).AsTask().WaitAsync(Until.Patience, TestContext.Current.CancellationToken);
        Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(read));
    }

    private static async Task<string> AskAsync(ClientWebSocket socket, string text)
    {
        await socket.SendAsync(System.Text.Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, TestContext.Current.CancellationToken);
        var buffer = new byte[100];
        var answer = await socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken);
        return System.Text.Encoding.UTF8.GetString(buffer, 0, answer.Count);
    }

    private async Task EchoAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[100];
        try
        {
            while (true)
            {
                var part = await socket.ReceiveAsync(buffer.AsMemory(), context.RequestAborted);
                await socket.SendAsync(buffer.AsMemory(0, part.Count), part.MessageType, part.EndOfMessage, context.RequestAborted);
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            _left.TrySetResult();
        }
    }

    // Frames byte by byte, which no WebSocket class would send so.
    private async Task FramesAsync(HttpContext context, byte[] first, byte[] second)
    {
        context.Response.Headers["Sec-WebSocket-Accept"] = AcceptOf(context.Request.Headers.SecWebSocketKey.ToString());
        context.Response.Headers.Upgrade = "websocket";
        await using var stream = await context.Features.Get<IHttpUpgradeFeature>()!.UpgradeAsync();
        await stream.WriteAsync(first, context.RequestAborted);
        await stream.FlushAsync(context.RequestAborted);
        await _go.Task.WaitAsync(context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (second.Length == 0) return;
        await stream.WriteAsync(second, context.RequestAborted);
        await stream.FlushAsync(context.RequestAborted);
        await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    [SuppressMessage("Security", "CA5350", Justification = "RFC 6455 section 4.2.2 prescribes SHA-1; it protects nothing")]
    private static string AcceptOf(string key) =>
        Convert.ToBase64String(System.Security.Cryptography.SHA1.HashData(System.Text.Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
}
