using FrontDoor.Gateway.Edge;

namespace FrontDoor.Gateway.Streams;

/// <summary>
/// Refuses a WebSocket handshake that is not one in full, so that no back end's careless 101 makes a tunnel of it; and has one on HTTP/2, a CONNECT, routed and judged as
/// what it is, the GET of HTTP/1.1.
/// </summary>
internal sealed class JudgeHandshakes(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if ((request.Headers.Upgrade.Count == 0 && !HttpMethods.IsConnect(request.Method)) || !WebSocketHandshake.IsOne(context)) return next(context);
        if (!WebSocketHandshake.IsWhole(context)) return Problem.WriteAsync(context, StatusCodes.Status400BadRequest, "websocket_handshake", "The WebSocket handshake is not complete.");
        if (!WebSocketHandshake.IsOfKnownVersion(context))
        {
            // RFC 6455 section 4.4.
            context.Response.Headers.SecWebSocketVersion = WebSocketHandshake.Version;
            return Problem.WriteAsync(context, StatusCodes.Status426UpgradeRequired, "websocket_version", "This version of the WebSocket protocol is not spoken here.");
        }

        request.Method = HttpMethods.Get;
        return next(context);
    }
}
