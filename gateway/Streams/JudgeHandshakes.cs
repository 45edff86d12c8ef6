using FrontDoor.Gateway.Configuration;
using FrontDoor.Gateway.Edge;

namespace FrontDoor.Gateway.Streams;

/// <summary>
/// Refuses a WebSocket handshake that is not one in full, so that no back end's careless 101 makes a tunnel of it; and has one on HTTP/2, a CONNECT, routed and judged as
/// what it is, the GET of HTTP/1.1.
/// </summary>
internal sealed class JudgeHandshakes(RequestDelegate next, CurrentConfig current)
{
    // Kestrel counts those of HTTP/1.1 alone, and only when the back end has said yes.
    private readonly int _most = current.Value.Edge.Connections.MaxUpgraded ?? int.MaxValue;

    private int _open;

    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if ((request.Headers.Upgrade.Count == 0 && !HttpMethods.IsConnect(request.Method)) || !WebSocketHandshake.IsOne(context)) return next(context);
        if (!WebSocketHandshake.IsWhole(context)) return Problem.WriteAsync(context, StatusCodes.Status400BadRequest, "websocket_handshake", "The WebSocket handshake is not complete.");
        if (!WebSocketHandshake.IsOfKnownVersion(context)) return RefuseVersionAsync(context);

        request.Method = HttpMethods.Get;
        return CountAsync(context);
    }

    // Lasts as long as the socket.
    private async Task CountAsync(HttpContext context)
    {
        try
        {
            if (Interlocked.Increment(ref _open) <= _most) await next(context);
            else await RefuseFurtherAsync(context);
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    private static Task RefuseFurtherAsync(HttpContext context)
    {
        context.Response.Headers.RetryAfter = "1";
        return Problem.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "too_many_sockets", "No further WebSocket can be opened at the moment.");
    }

    // RFC 6455 section 4.4; 426 must name the upgrade (RFC 9110 section 15.5.22), and HTTP/2 has none.
    private static Task RefuseVersionAsync(HttpContext context)
    {
        var (headers, upgrades) = (context.Response.Headers, HttpProtocol.IsHttp11(context.Request.Protocol));
        headers.SecWebSocketVersion = WebSocketHandshake.Version;
        if (upgrades) (headers.Connection, headers.Upgrade) = ("Upgrade", "websocket");
        return Problem.WriteAsync(
            context, upgrades ? StatusCodes.Status426UpgradeRequired : StatusCodes.Status400BadRequest, "websocket_version", "This version of the WebSocket protocol is not spoken here.");
    }
}
