using FrontDoor.Gateway.Edge;
using FrontDoor.Gateway.Streams;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;

namespace FrontDoor.Gateway.Upstream;

/// <summary>Marks the endpoints whose cluster has <see cref="ClusterUpstream.BufferRequests"/>.</summary>
internal sealed record BufferedRequests;

/// <summary>Reads a request's body to its end before the back end hears of it, and tells its length, as nginx does.</summary>
internal sealed partial class BufferRequests(RequestDelegate next, ILogger<BufferRequests> logger)
{
    private const int InMemory = 64 * 1024;

    public async Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        // The body of a WebSocket on HTTP/2 has no end to wait for.
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody != true || WebSocketHandshake.IsOne(context))
        {
            await next(context);
            return;
        }

        // The largest body is Edge's limit, which the server enforces while this reads.
        await using var body = new FileBufferingReadStream(request.Body, InMemory, bufferLimit: null, Path.GetTempPath());
        try
        {
            await body.DrainAsync(context.RequestAborted);
        }
        catch (IOException e) when (e is not BadHttpRequestException && !context.RequestAborted.IsCancellationRequested)
        {
            Log.NotKept(logger, e.Message);
            context.Response.Headers.RetryAfter = "1";
            await Problem.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "service_unavailable", "The request body cannot be kept at the moment.");
            return;
        }

        body.Position = 0;
        request.Body = body;
        request.Headers.TransferEncoding = default;
        request.ContentLength = body.Length;
        await next(context);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "A request body cannot be written to the folder for temporary files: {Message}")]
        public static partial void NotKept(ILogger logger, string message);
    }
}
