using System.Net.WebSockets;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FrontDoor.SampleBackend.Endpoints;

/// <summary>A WebSocket that sends back what it receives.</summary>
internal static partial class SocketEndpoint
{
    private const int MaxMessageBytes = 64 * 1024;

    // CONNECT is how HTTP/2 opens a WebSocket (RFC 8441).
    public static void MapSocket(this IEndpointRouteBuilder routes)
    {
        var log = routes.ServiceProvider.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(SocketEndpoint));
        routes.MapMethods(
            "/api/socket",
            [HttpMethods.Get, HttpMethods.Connect],
            (HttpContext context, IHostApplicationLifetime lifetime) => AnswerAsync(context, lifetime, log));
    }

    private static async Task<IResult> AnswerAsync(HttpContext context, IHostApplicationLifetime lifetime, ILogger log)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            return UpgradeRequired(context);
        }

        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        // Without a close from this side every open socket would hold up a restart for the whole shutdown timeout.
        using var stopping = lifetime.ApplicationStopping.UnsafeRegister(
            _ => _ = socket.CloseOutputAsync(WebSocketCloseStatus.EndpointUnavailable, "stopping", CancellationToken.None), null);
        try
        {
            await EchoAsync(socket, context.RequestAborted);
        }
        catch (Exception failure) when (failure is WebSocketException or OperationCanceledException)
        {
            Log.Dropped(log, failure.Message);
        }

        return Results.Empty;
    }

    private static async Task EchoAsync(WebSocket socket, CancellationToken aborted)
    {
        var buffer = new byte[16 * 1024];
        var messageBytes = 0;
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(), aborted);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                await ReturnCloseAsync(socket, aborted);
                return;
            }

            messageBytes += part.Count;
            if (messageBytes > MaxMessageBytes)
            {
                await RefuseAsync(socket);
                return;
            }

            // A part of a message goes back as a part, so the fragments seen by the client are its own.
            if (socket.State == WebSocketState.Open)
            {
                await socket.SendAsync(buffer.AsMemory(0, part.Count), part.MessageType, part.EndOfMessage, aborted);
            }

            messageBytes = part.EndOfMessage ? 0 : messageBytes;
        }
    }

    // In any other state the peer's close is the answer to ours, and the handshake is done. A close without a status
    // (RFC 6455 section 7.1.5) is read as 1000, and answered so.
    private static Task ReturnCloseAsync(WebSocket socket, CancellationToken aborted) =>
        socket.State == WebSocketState.CloseReceived
            ? socket.CloseOutputAsync(
                socket.CloseStatus ?? WebSocketCloseStatus.NormalClosure, socket.CloseStatusDescription, aborted)
            : Task.CompletedTask;

    // Reads on until the peer's close: hanging up on unread bytes resets the connection, and the reason is lost with it.
    private static async Task RefuseAsync(WebSocket socket)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        await socket.CloseAsync(WebSocketCloseStatus.MessageTooBig, $"at most {MaxMessageBytes} bytes", patience.Token);
    }

    private static ProblemHttpResult UpgradeRequired(HttpContext context)
    {
        // HTTP/2 has neither field (RFC 9113 section 8.2.2).
        if (HttpProtocol.IsHttp11(context.Request.Protocol))
        {
            context.Response.Headers.Upgrade = "websocket";
            context.Response.Headers.Connection = "Upgrade";
        }

        return TypedResults.Problem("This route speaks WebSocket only.", statusCode: StatusCodes.Status426UpgradeRequired);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "A WebSocket ended without a closing handshake: {Reason}")]
        public static partial void Dropped(ILogger logger, string reason);
    }
}
