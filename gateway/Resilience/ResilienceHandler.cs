using Polly;
using Polly.Timeout;

namespace FrontDoor.Gateway.Resilience;

/// <summary>Sends a forwarded request through its cluster's pipeline.</summary>
internal sealed partial class ResilienceHandler(
    ResiliencePipeline<HttpResponseMessage> pipeline, OtherDestination destinations, ILogger<ResilienceHandler> logger) : DelegatingHandler
{
    private const long SmallBody = 64 * 1024;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // How long a large body takes is up to the client's line; such a request is timed by progress, by YARP's ActivityTimeout.
        if (request.Content is { } body && body.Headers.ContentLength is not <= SmallBody) return await base.SendAsync(request, cancellationToken);

        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        context.Properties.Set(ClusterPipeline.Request, request);
        var first = true;
        HashSet<string>? tried = null;
        try
        {
            return await pipeline.ExecuteAsync(
                async attempt =>
                {
                    if (!first)
                    {
                        tried ??= new HashSet<string>(StringComparer.OrdinalIgnoreCase);
                        destinations.Redirect(request, tried);
                        Log.Retrying(logger, request.Method, request.RequestUri!.Authority);
                    }

                    first = false;
                    return await base.SendAsync(request, attempt.CancellationToken);
                },
                context);
        }
        catch (TimeoutRejectedException e)
        {
            // YARP reads a cancellation that the client did not ask for as 504.
            throw new OperationCanceledException("The destination did not answer in time", e);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Retrying {Method} at {Destination}")]
        public static partial void Retrying(ILogger logger, HttpMethod method, string destination);
    }
}
