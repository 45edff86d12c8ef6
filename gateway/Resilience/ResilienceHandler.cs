using Polly;
using Polly.Timeout;

namespace FrontDoor.Gateway.Resilience;

/// <summary>Sends a forwarded request through its cluster's pipeline.</summary>
internal sealed partial class ResilienceHandler(
    ResiliencePipeline<HttpResponseMessage> pipeline, OtherDestination destinations, ILogger<ResilienceHandler> logger) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // An upgraded connection lives as long as its user; only its handshake is timed, by YARP's own settings.
        if (request.Headers.Upgrade.Count > 0) return await base.SendAsync(request, cancellationToken);

        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        context.Properties.Set(ClusterPipeline.Request, request);
        HashSet<string>? tried = null;
        try
        {
            return await pipeline.ExecuteAsync(
                async attempt =>
                {
                    if (tried is not null)
                    {
                        destinations.Redirect(request, tried);
                        Log.Retrying(logger, request.Method, request.RequestUri!.Authority);
                    }

                    tried ??= new HashSet<string>(StringComparer.OrdinalIgnoreCase);
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
