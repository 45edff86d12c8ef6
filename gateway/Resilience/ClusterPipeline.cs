using System.Net;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Logging.Abstractions;
using Polly;
using Polly.CircuitBreaker;
using Polly.Hedging;
using Polly.Retry;
using Polly.Telemetry;
using Polly.Timeout;

namespace FrontDoor.Gateway.Resilience;

/// <summary>The Polly pipelines of a cluster.</summary>
internal static class ClusterPipeline
{
    /// <summary>From the outside in: total timeout, concurrency, retry or hedging, attempt timeout.</summary>
    /// <param name="limiter">Shared by the cluster's pipelines; null for none.</param>
    public static ResiliencePipeline<HttpResponseMessage> Build(string clusterId, ClusterResilience options, RetryBudget budget, RateLimiter? limiter, TimeProvider time)
    {
        var builder = Named(clusterId, time).AddTimeout(options.TotalTimeout);
        if (limiter is not null) builder.AddRateLimiter(limiter);
        if (options.Hedging is { } hedging) builder.AddHedging(Hedging(options, hedging, budget));
        else if (options.Retries > 0) builder.AddRetry(Retry(options, budget));

        // With circuit breakers the attempt's timeout is inside of them, for each destination.
        return options.CircuitBreaker is null ? builder.AddTimeout(options.AttemptTimeout).Build() : builder.Build();
    }

    /// <summary>For what is sent once and timed by progress: concurrency, and another destination when the circuit turns out to be open, since nothing was sent then.</summary>
    public static ResiliencePipeline<HttpResponseMessage> BuildForLargeBodies(string clusterId, RateLimiter? limiter, TimeProvider time)
    {
        var builder = Named(clusterId, time);
        if (limiter is not null) builder.AddRateLimiter(limiter);
        return builder.AddRetry(new RetryStrategyOptions<HttpResponseMessage>
        {
            MaxRetryAttempts = 1,
            Delay = TimeSpan.Zero,
            ShouldHandle = attempt => ValueTask.FromResult(attempt.Outcome.Exception is BrokenCircuitException && AttemptsOf(attempt.Context).HasOther),
        }).Build();
    }

    /// <summary>A builder whose pipeline is counted under this name (<see cref="PipelineEvents"/>); what there is to log the gateway logs itself.</summary>
    public static ResiliencePipelineBuilder<HttpResponseMessage> Named(string name, TimeProvider time) =>
        new ResiliencePipelineBuilder<HttpResponseMessage> { Name = name, TimeProvider = time }.ConfigureTelemetry(
            new TelemetryOptions { LoggerFactory = NullLoggerFactory.Instance, TelemetryListeners = { PipelineEvents.Instance } });

    /// <summary>Whether an outcome speaks against its destination.</summary>
    public static bool Failed(Outcome<HttpResponseMessage> outcome) => outcome switch
    {
        { Exception: HttpRequestException or TimeoutRejectedException } => true,
        { Result.StatusCode: HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout } => true,
        _ => false,
    };

    private static RetryStrategyOptions<HttpResponseMessage> Retry(ClusterResilience options, RetryBudget budget) => new()
    {
        MaxRetryAttempts = options.Retries,
        Delay = TimeSpan.Zero,
        // Polly asks after the last attempt too, which must not cost anything.
        ShouldHandle = attempt => ValueTask.FromResult(
            attempt.AttemptNumber < options.Retries && IsWorthAnother(options, AttemptsOf(attempt.Context), attempt.Outcome) && IsAffordable(attempt.Outcome, AttemptsOf(attempt.Context), budget)),
        OnRetry = attempt =>
        {
            // The failed answer is not passed on, so its connection is given back here.
            attempt.Outcome.Result?.Dispose();
            return ValueTask.CompletedTask;
        },
    };

    private static HedgingStrategyOptions<HttpResponseMessage> Hedging(ClusterResilience options, HedgingOptions hedging, RetryBudget budget) => new()
    {
        MaxHedgedAttempts = hedging.Attempts,
        Delay = hedging.Delay,
        ShouldHandle = attempt => ValueTask.FromResult(IsWorthAnother(options, AttemptsOf(attempt.Context), attempt.Outcome)),
        ActionGenerator = hedge => options.Repeats(AttemptsOf(hedge.PrimaryContext).Request) && budget.TrySpend()
            ? () => hedge.Callback(hedge.ActionContext)
            : null,
    };

    private static Attempts AttemptsOf(ResilienceContext context) => context.Properties.GetValue(Attempts.Key, null!);

    private static bool IsWorthAnother(ClusterResilience options, Attempts attempts, Outcome<HttpResponseMessage> outcome) => outcome switch
    {
        // Nothing was sent: the circuit is just being tried by another request.
        { Exception: BrokenCircuitException } => attempts.HasOther,
        // Who asks for time is given it, or another destination is asked.
        { Result.Headers.RetryAfter: not null } => Failed(outcome) && options.Repeats(attempts.Request) && attempts.HasOther,
        _ => Failed(outcome) && options.Repeats(attempts.Request),
    };

    // The budget keeps an outage from being doubled. Where nothing was sent, because the circuit is open or nobody took the connection, another destination gets no more than its share.
    private static bool IsAffordable(Outcome<HttpResponseMessage> outcome, Attempts attempts, RetryBudget budget) =>
        outcome.Exception is BrokenCircuitException
        || (outcome.Exception is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } && attempts.HasOther)
        || budget.TrySpend();
}
