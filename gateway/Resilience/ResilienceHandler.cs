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
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly RetryBudget _budget;
    private readonly DestinationBreakers? _breakers;
    private readonly Lazy<ResiliencePipeline<HttpResponseMessage>> _pipeline;
    private readonly AttemptClock _clock;

    // Where nothing but timeouts and retries is asked for, the first attempt needs no pipeline.
    private readonly bool _beginsAhead;

    // Null where nothing is to be obeyed.
    private readonly Lazy<ResiliencePipeline<HttpResponseMessage>>? _forLargeBodies;

    public ResilienceHandler(
        string clusterId, ClusterResilience options, ClusterDestinations destinations, Circuits circuits, SlowStarts starts, GatewayMeter meter, TimeProvider time, ILoggerFactory loggers)
    {
        (_clusterId, _options, _destinations, _meter, _time, _logger) = (clusterId, options, destinations, meter, time, loggers.CreateLogger<ResilienceHandler>());
        _budget = new RetryBudget(options.RetryBudget, time);
        _breakers = options.CircuitBreaker is { } breaker ? new(clusterId, breaker, options.AttemptTimeout, time, loggers, Closed) : null;
        circuits.Set(clusterId, _breakers);
        // It has nothing to dispose of but requests in its queue, which are ended by their own timeouts.
        RateLimiter? limiter = options.Concurrency is { } concurrency
            ? new ConcurrencyLimiter(new() { PermitLimit = concurrency.Limit, QueueLimit = concurrency.Queue })
            : null;
        _pipeline = new(() => ClusterPipeline.Build(clusterId, options, _budget, limiter, time));
        _clock = new AttemptClock(options.AttemptTimeout, time);
        _beginsAhead = limiter is null && _breakers is null && options.Hedging is null;
        if (limiter is not null || _breakers is not null) _forLargeBodies = new(() => ClusterPipeline.BuildForLargeBodies(clusterId, limiter, time));

        void Closed(string prefix)
        {
            foreach (var destination in destinations.At(prefix)) starts.Begin(clusterId, destination);
        }
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request is Probe) return base.SendAsync(request, cancellationToken);
        // How long a large body takes is up to the client's line; such a request is timed by progress, by YARP's ActivityTimeout, and sent once.
        var large = request.Content is { } body && body.Headers.ContentLength is not <= SmallBody;
        if (large) return _forLargeBodies is null ? base.SendAsync(request, cancellationToken) : PipeAsync(_forLargeBodies.Value, request, null, cancellationToken);

        _budget.Earn();
        if (request.Content is not null && _options.Repeats(request)) return KeepBodyAsync(request, cancellationToken);
        return _beginsAhead ? BeginAsync(request, cancellationToken) : PipeAsync(_pipeline.Value, request, null, cancellationToken);
    }

    private async Task<HttpResponseMessage> KeepBodyAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Content = await InMemoryAsync(request.Content!, cancellationToken);
        return await PipeAsync(_pipeline.Value, request, null, cancellationToken);
    }

    /// <summary>
    /// Makes the first attempt ahead of the pipeline: nearly all requests need no other, and the pipeline costs a tenth of a forwarded request. With one that went
    /// wrong the pipeline begins.
    /// </summary>
    private async Task<HttpResponseMessage> BeginAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var began = _time.GetTimestamp();
        var clock = _clock.Start(cancellationToken);
        Outcome<HttpResponseMessage> first;
        try
        {
            first = Outcome.FromResult(await base.SendAsync(request, clock.Token));
            if (!ClusterPipeline.Failed(first)) return first.Result!;
        }
        catch (HttpRequestException e)
        {
            first = Outcome.FromException<HttpResponseMessage>(e);
        }
        catch (OperationCanceledException e) when (clock.IsOver)
        {
            PipelineEvents.CountTimeout(_clusterId);
            first = Outcome.FromException<HttpResponseMessage>(clock.Rejection(e));
        }
        finally
        {
            await clock.StopAsync();
        }

        return await PipeAsync(_pipeline.Value, request, new FirstAttempt(first, _time.GetElapsedTime(began)), cancellationToken);
    }

    private async Task<HttpResponseMessage> PipeAsync(
        ResiliencePipeline<HttpResponseMessage> pipeline, HttpRequestMessage request, FirstAttempt? first, CancellationToken cancellationToken)
    {
        if (_breakers is not null && request.Content is { } streamed and not ByteArrayContent) request.Content = new RelayedBody(streamed);
        var attempts = new Attempts(request, _destinations, _breakers) { First = first };
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        context.Properties.Set(Attempts.Key, attempts);
        try
        {
            var timed = pipeline == _pipeline.Value;
            return await pipeline.ExecuteAsync(
                static (attempt, state) => state.Handler.AttemptAsync(state.Attempts, state.Timed, attempt.CancellationToken), context, (Handler: this, Attempts: attempts, Timed: timed));
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
        if (attempts.TakeFirst() is { } made) return made.ThrowOrResult();
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
