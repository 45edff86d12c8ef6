using FrontDoor.Gateway.Configuration;
using FrontDoor.Gateway.Streams;
using Microsoft.AspNetCore.Http.Features;

namespace FrontDoor.Gateway.Edge;

/// <summary>Refuses, before anything else looks at it, a request that cannot be read in one way only or is too large.</summary>
internal sealed class RequestGuard(RequestDelegate next, CurrentConfig current)
{
    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;

        // TRACE reflects credentials, CONNECT tunnels past every rule (security contract 1.3). The CONNECT that opens a WebSocket on HTTP/2 has a path and is judged by it.
        if (HttpMethods.IsTrace(request.Method) || (HttpMethods.IsConnect(request.Method) && !WebSocketHandshake.IsOne(context)) || target == "*")
            return RefuseAsync(context, StatusCodes.Status405MethodNotAllowed, "method_not_allowed", "This method is not allowed here.");

        if (RequestFraming.Refusal(request) is { } framingFault)
        {
            // Where its body ends is in doubt, so nothing after it is read.
            if (HttpProtocol.IsHttp11(request.Protocol) || HttpProtocol.IsHttp10(request.Protocol)) context.Response.Headers.Connection = "close";
            return RefuseAsync(context, StatusCodes.Status400BadRequest, framingFault, "The request is framed in a way that can be read differently.");
        }

        if (RequestTarget.Refusal(target) is { } targetFault)
            return RefuseAsync(context, StatusCodes.Status400BadRequest, targetFault, "The request target is ambiguous or not in origin form.");

        if (!ConnectionField.RemoveNominated(request.Headers))
            return RefuseAsync(context, StatusCodes.Status400BadRequest, "connection_field", "The Connection field names a field it must not name.");

        var largest = current.Value.Edge.MaxRequestBodyBytes;
        if (request.ContentLength > largest)
            return RefuseAsync(context, StatusCodes.Status413PayloadTooLarge, "body_too_large", $"The request body is larger than {largest} bytes.");

        // A body that does not tell its length is counted while it is read. On HTTP/2 a WebSocket is a body, and no upload.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = HttpMethods.IsConnect(request.Method) ? null : largest;

        return next(context);
    }

    private static Task RefuseAsync(HttpContext context, int status, string reason, string detail)
    {
        if (status == StatusCodes.Status405MethodNotAllowed) context.Response.Headers.Allow = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
        return Problem.WriteAsync(context, status, reason, detail);
    }
}
