using FrontDoor.Gateway.Observability;
using Microsoft.Net.Http.Headers;
using Polly;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace FrontDoor.Gateway.Edge;

/// <summary>Gives a body to every error that the gateway itself produced; a back end's answers pass untouched. No exception reaches a client.</summary>
internal sealed partial class ErrorResponses(RequestDelegate next, ILogger<ErrorResponses> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (BadHttpRequestException e) when (!context.Response.HasStarted)
        {
            // Kestrel found the fault while the body was read: too large, malformed chunk, too slow.
            context.Response.StatusCode = e.StatusCode;
            await DescribeAsync(context);
            return;
        }
        catch (OperationCanceledException) when (!context.Response.HasStarted && context.RequestAborted.IsCancellationRequested)
        {
            // The client left while its request waited for something; told below.
        }
        catch (Exception e) when (!context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
        {
            Log.Unhandled(logger, e);
            await Problem.WriteAsync(context, StatusCodes.Status500InternalServerError, "error", "An unexpected error occurred.");
            return;
        }

        var response = context.Response;
        if (!response.HasStarted && context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to read an answer, and no back end is to blame.
            response.StatusCode = StatusCodes.Status499ClientClosedRequest;
            AccessLog.SetReason(context, "client_closed_request");
            return;
        }

        // The server has no room for another upgraded connection (MaxUpgraded); YARP has copied the head of the answer already.
        if (response is { StatusCode: StatusCodes.Status101SwitchingProtocols, HasStarted: false } && context.Features.Get<IForwarderErrorFeature>() is not null)
        {
            foreach (var field in new[] { HeaderNames.Connection, HeaderNames.Upgrade, HeaderNames.SecWebSocketAccept, HeaderNames.SecWebSocketProtocol }) response.Headers.Remove(field);
            response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        }

        if (response.StatusCode < 400 || response.HasStarted || response.ContentType is not null || response.ContentLength > 0) return;

        var proxied = context.Features.Get<IReverseProxyFeature>()?.ProxiedDestination;
        var error = context.Features.Get<IForwarderErrorFeature>();
        if (error is not null) Log.ForwardingFailed(logger, proxied?.DestinationId ?? "-", error.Error, Innermost(error.Exception));
        // An open circuit or a full queue: nothing was sent, so nothing is wrong with an answer.
        if (error?.Exception is ExecutionRejectedException) response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        var answeredByBackend = error is null && proxied is not null;
        if (!answeredByBackend) await DescribeAsync(context);
    }

    private static Task DescribeAsync(HttpContext context)
    {
        var status = context.Response.StatusCode;
        var (code, detail) = status switch
        {
            StatusCodes.Status404NotFound => ("not_found", "Not found."),
            StatusCodes.Status405MethodNotAllowed => ("method_not_allowed", $"Method \"{context.Request.Method}\" not allowed."),
            // These three while the body was being read: chunked beyond the limit, too slow, cut, or malformed.
            StatusCodes.Status413PayloadTooLarge => ("body_too_large", "The request body is too large."),
            StatusCodes.Status408RequestTimeout => ("request_timeout", "The request took too long to arrive."),
            StatusCodes.Status400BadRequest => ("bad_request", "The request could not be read."),
            StatusCodes.Status502BadGateway => ("bad_gateway", "The service behind the gateway cannot be reached or gave no valid answer."),
            StatusCodes.Status503ServiceUnavailable => ("service_unavailable", "No instance of the service behind the gateway is available."),
            StatusCodes.Status504GatewayTimeout => ("gateway_timeout", "The service behind the gateway took too long to answer."),
            _ => ("error", "The request could not be served."),
        };
        if (status == StatusCodes.Status503ServiceUnavailable) context.Response.Headers.RetryAfter = "1";
        return Problem.WriteAsync(context, status, code, detail);
    }

    private static string Innermost(Exception? exception) => exception?.GetBaseException().Message ?? "-";

    private static partial class Log
    {
        // One line instead of YARP's, whose stack trace of sixty lines says no more.
        [LoggerMessage(2, LogLevel.Warning, "Forwarding to {Destination} failed: {Error}, {Message}")]
        public static partial void ForwardingFailed(ILogger logger, string destination, ForwarderError error, string message);

        [LoggerMessage(1, LogLevel.Error, "Unhandled exception")]
        public static partial void Unhandled(ILogger logger, Exception exception);
    }
}
