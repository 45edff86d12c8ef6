using System.Threading.RateLimiting;
using FrontDoor.Gateway.Observability;
using Polly;
using Polly.Timeout;

namespace FrontDoor.Gateway.Resilience;

/// <summary>Sends a forwarded request through its cluster's pipeline.</summary>
internal sealed partial class ResilienceHandler : DelegatingHandler
{
    private const long SmallBody = 64 * 1024;

    private readonly string _clusterId;
    private readonly ClusterResilience _options;
    private readonly ClusterDestinations _destinations;
    private readonly GatewayMeter _meter;
    private readonly ILogger _logger;
    private readonly RetryBudget _budget;
    private readonly DestinationBreakers? _breakers;
    private readonly Lazy<ResiliencePipeline<HttpResponseMessage>> _pipeline;

    // Null where nothing is to be obeyed.
    private readonly Lazy<ResiliencePipeline<HttpResponseMessage>>? _forLargeBodies;

    public ResilienceHandler(
        string clusterId, ClusterResilience options, ClusterDestinations destinations, Circuits circuits, SlowStarts starts, GatewayMeter meter, TimeProvider time, ILoggerFactory loggers)
    {
        (_clusterId, _options, _destinations, _meter, _logger) = (clusterId, options, destinations, meter, loggers.CreateLogger<ResilienceHandler>());
        _budget = new RetryBudget(options.RetryBudget, time);
        _breakers = options.CircuitBreaker is { } breaker ? new(clusterId, breaker, options.AttemptTimeout, time, loggers, Closed) : null;
        circuits.Set(clusterId, _breakers);
        // It has nothing to dispose of but requests in its queue, which are ended by their own timeouts.
        RateLimiter? limiter = options.Concurrency is { } concurrency
            ? new ConcurrencyLimiter(new() { PermitLimit = concurrency.Limit, QueueLimit = concurrency.Queue })
            : null;
        _pipeline = new(() => ClusterPipeline.Build(clusterId, options, _budget, limiter, time));
        if (limiter is not null || _breakers is not null) _forLargeBodies = new(() => ClusterPipeline.BuildForLargeBodies(clusterId, limiter, time));

        void Closed(string prefix)
        {
            foreach (var destination in destinations.At(prefix)) starts.Begin(clusterId, destination);
        }
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request is Probe) return await base.SendAsync(request, cancellationToken);
        // How long a large body takes is up to the client's line; such a request is timed by progress, by YARP's ActivityTimeout, and sent once.
        var large = request.Content is { } body && body.Headers.ContentLength is not <= SmallBody;
        if (large && _forLargeBodies is null) return await base.SendAsync(request, cancellationToken);

        if (!large)
        {
            if (request.Content is not null && _options.Repeats(request)) request.Content = await InMemoryAsync(request.Content, cancellationToken);
            _budget.Earn();
        }

        if (_breakers is not null && request.Content is { } streamed and not ByteArrayContent) request.Content = new RelayedBody(streamed);
        var attempts = new Attempts(request, _destinations, _breakers);
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        context.Properties.Set(Attempts.Key, attempts);
        try
        {
            return await (large ? _forLargeBodies! : _pipeline).Value.ExecuteAsync(
                static (attempt, state) => state.Handler.AttemptAsync(state.Attempts, !state.Large, attempt.CancellationToken), context, (Handler: this, Attempts: attempts, Large: large));
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

    private async ValueTask<HttpResponseMessage> AttemptAsync(Attempts attempts, bool timed, CancellationToken cancellationToken)
    {
        var (request, destination) = attempts.Next();
        if (request != attempts.Request)
        {
            _meter.TriedElsewhere(_clusterId);
            Log.TryingElsewhere(_logger, request.Method, request.RequestUri!.Authority);
        }

        return destination is null || _breakers is null
            ? await base.SendAsync(request, cancellationToken)
            : await _breakers.Of(destination, timed).ExecuteAsync(
                static async (state, cancellation) => await state.Handler.SendOnAsync(state.Request, cancellation), (Handler: this, Request: request), cancellationToken);
    }

    private async Task<HttpResponseMessage> SendOnAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await base.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException e) when (request.Content is RelayedBody { FailedToArrive: true })
        {
            // Not the destination's fault, so it must not count against it; YARP asks the body what went wrong.
            throw new IOException("The request's body did not arrive whole", e);
        }
    }

    // A stream could be sent once only.
    private static async Task<HttpContent> InMemoryAsync(HttpContent content, CancellationToken cancellationToken)
    {
        var copy = new ByteArrayContent(await content.ReadAsByteArrayAsync(cancellationToken));
        foreach (var (name, values) in content.Headers.NonValidated) copy.Headers.TryAddWithoutValidation(name, values);
        return copy;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Trying {Method} at {Destination}")]
        public static partial void TryingElsewhere(ILogger logger, HttpMethod method, string destination);
    }
}
