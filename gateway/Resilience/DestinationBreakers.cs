using System.Collections.Concurrent;
using Polly;
using Polly.CircuitBreaker;

namespace FrontDoor.Gateway.Resilience;

/// <summary>A circuit breaker for each destination of a cluster, made when it is first sent to.</summary>
internal sealed partial class DestinationBreakers(string clusterId, CircuitBreakerOptions options, TimeSpan attemptTimeout, TimeProvider time, ILoggerFactory loggers, Action<string>? closed = null)
{
    private readonly ConcurrentDictionary<string, Breaker> _all = new(StringComparer.OrdinalIgnoreCase);
    private readonly SteadyTime _steady = new(time);
    private readonly ILogger _logger = loggers.CreateLogger<DestinationBreakers>();

    private sealed class Breaker
    {
        public ResiliencePipeline<HttpResponseMessage> Circuit { get; set; } = null!;

        public ResiliencePipeline<HttpResponseMessage> TimedCircuit { get; set; } = null!;

        /// <summary>Timestamp until which nothing is sent; 0 while closed. After it one request tries whether the destination is back.</summary>
        public long OpenUntil;
    }

    public bool IsOpen(string destination) =>
        _all.TryGetValue(destination, out var breaker) && Interlocked.Read(ref breaker.OpenUntil) is not 0 and var until && time.GetTimestamp() < until;

    /// <param name="timed">Whether the attempt's timeout is inside of the breaker, so that a destination that hangs opens it too.</param>
    public ResiliencePipeline<HttpResponseMessage> Of(string destination, bool timed)
    {
        var breaker = _all.GetOrAdd(destination, Make);
        return timed ? breaker.TimedCircuit : breaker.Circuit;
    }

    private Breaker Make(string destination)
    {
        var breaker = new Breaker();
        breaker.Circuit = ClusterPipeline.Named($"{clusterId}/{destination}", _steady)
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<HttpResponseMessage>
            {
                FailureRatio = options.FailureRatio,
                MinimumThroughput = options.MinimumThroughput,
                SamplingDuration = options.SamplingDuration,
                BreakDuration = options.BreakDuration,
                ShouldHandle = attempt => ValueTask.FromResult(ClusterPipeline.Failed(attempt.Outcome)),
                OnOpened = opened =>
                {
                    Interlocked.Exchange(ref breaker.OpenUntil, time.GetTimestamp() + (long)(opened.BreakDuration.TotalSeconds * time.TimestampFrequency));
                    Log.Opened(_logger, destination, clusterId, opened.BreakDuration);
                    return default;
                },
                OnClosed = _ =>
                {
                    Interlocked.Exchange(ref breaker.OpenUntil, 0);
                    closed?.Invoke(destination);
                    Log.Closed(_logger, destination, clusterId);
                    return default;
                },
            })
            .Build();
        // The same circuit, since it is the same pipeline.
        breaker.TimedCircuit = ClusterPipeline.Named($"{clusterId}/{destination}", time).AddPipeline(breaker.Circuit).AddTimeout(attemptTimeout).Build();
        return breaker;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Destination} of cluster {Cluster} fails too often and is left alone for {Duration}")]
        public static partial void Opened(ILogger logger, string destination, string cluster, TimeSpan duration);

        [LoggerMessage(2, LogLevel.Information, "{Destination} of cluster {Cluster} answers again")]
        public static partial void Closed(ILogger logger, string destination, string cluster);
    }
}
