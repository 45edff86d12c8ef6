using Microsoft.Extensions.Options;
using static System.FormattableString;

namespace FrontDoor.Gateway.Resilience;

/// <summary>How one cluster's requests are tried. Section <c>Resilience:Clusters</c>, one entry each under the cluster's id.</summary>
internal sealed record ClusterResilience
{
    /// <summary>Time from sending a request to the head of its answer, per attempt; past it 504. Default 30 seconds; from 10 ms to 10 minutes. A
    /// request with a body of more than 64 KiB or of unknown length is timed by progress instead: YARP's <c>HttpRequest:ActivityTimeout</c> of the cluster, default 100 seconds.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The same over all attempts together. Default 60 seconds; at least <see cref="AttemptTimeout"/>.</summary>
    public TimeSpan TotalTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Further attempts, each at another destination where there is one, after a failed connection, a timeout, 502, 503 or 504. Default 1; from 0
    /// to 5. An answer with <c>Retry-After</c> is only tried again at another destination.
    /// </summary>
    public int Retries { get; init; } = 1;

    /// <summary>
    /// The methods that may be tried again. Default GET, HEAD and OPTIONS; legal are also PUT and DELETE, and POST and PATCH for back ends that recognise a
    /// repeated request. A request with a body is tried again when the body is at most 64 KiB of known length; it is then kept in memory.
    /// </summary>
    public IReadOnlyList<string> RetryMethods { get; init; } = [];

    /// <summary>How many further attempts there may be in all, but those at another destination after a connection that was refused. Default: a fifth of the requests, and 10 in any second.</summary>
    public RetryBudgetOptions RetryBudget { get; init; } = new();

    /// <summary>Leaves a failing destination alone for a while. Default null: none.</summary>
    public CircuitBreakerOptions? CircuitBreaker { get; init; }

    /// <summary>How many requests may wait for the head of their answer at once; 503 past that. Default null: any number.</summary>
    public ConcurrencyOptions? Concurrency { get; init; }

    /// <summary>Asks another destination as well when the first is slow; takes the place of <see cref="Retries"/>. Default null: never.</summary>
    public HedgingOptions? Hedging { get; init; }

    /// <summary>
    /// How long a destination that comes back (health checks, circuit breaker) or is added gets less than its share: a tenth at first, all of it at the end. Retries and hedges do not count.
    /// Default 0: all at once; up to 1 hour.
    /// </summary>
    public TimeSpan SlowStart { get; init; }

    /// <summary>Whether a request may be sent more than once (RFC 9110 section 9.2.2).</summary>
    public bool Repeats(HttpRequestMessage request) =>
        request.Headers.Upgrade.Count == 0
        && (RetryMethods.Count == 0 ? request.Method.Method is "GET" or "HEAD" or "OPTIONS" : RetryMethods.Contains(request.Method.Method));
}

/// <summary>Attempts beyond the first.</summary>
internal sealed record RetryBudgetOptions
{
    /// <summary>As a share of the requests. Default 0.2; from 0 to 1.</summary>
    public double Ratio { get; init; } = 0.2;

    /// <summary>In any second besides. Default 10; from 0 to 1000.</summary>
    public int MinPerSecond { get; init; } = 10;
}

/// <summary>When a destination is left alone. Failures are those that <see cref="ClusterResilience.Retries"/> answers.</summary>
internal sealed record CircuitBreakerOptions
{
    /// <summary>The share of failures that opens the circuit. Default 0.5; above 0, at most 1.</summary>
    public double FailureRatio { get; init; } = 0.5;

    /// <summary>Fewer requests within the sampling time never open it. Default 20; at least 2.</summary>
    public int MinimumThroughput { get; init; } = 20;

    /// <summary>Over which failures are counted. Default 10 seconds; from 500 ms to 10 minutes.</summary>
    public TimeSpan SamplingDuration { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long nothing is sent; then one request tries. Default 5 seconds; from 500 ms to 10 minutes.</summary>
    public TimeSpan BreakDuration { get; init; } = TimeSpan.FromSeconds(5);
}

/// <summary>Requests at once.</summary>
internal sealed record ConcurrencyOptions
{
    /// <summary>Required; at least 1.</summary>
    public int Limit { get; init; }

    /// <summary>How many may wait for their turn. Default 0.</summary>
    public int Queue { get; init; }
}

/// <summary>Attempts beside each other; the first good answer counts and the others are cancelled.</summary>
internal sealed record HedgingOptions
{
    /// <summary>After which the next destination is asked too. Default 500 ms; from 1 ms to 1 minute.</summary>
    public TimeSpan Delay { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Further attempts. Default 1; from 1 to 5.</summary>
    public int Attempts { get; init; } = 1;
}

/// <summary>Section <c>Resilience</c>.</summary>
internal sealed record ResilienceOptions
{
    public const string Section = "Resilience";

    /// <summary>By cluster id; a cluster that is not named gets the defaults.</summary>
    public IReadOnlyDictionary<string, ClusterResilience> Clusters { get; init; } = new Dictionary<string, ClusterResilience>();

    /// <summary>What holds for this cluster.</summary>
    public ClusterResilience Of(string cluster) => Clusters.GetValueOrDefault(cluster)
        ?? Clusters.FirstOrDefault(c => c.Key.Equals(cluster, StringComparison.OrdinalIgnoreCase)).Value
        ?? new ClusterResilience();
}

internal sealed class ResilienceOptionsValidator : IValidateOptions<ResilienceOptions>
{
    private static readonly string[] Methods = ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "POST", "PATCH"];

    public ValidateOptionsResult Validate(string? name, ResilienceOptions options)
    {
        var faults = new ValidateOptionsResultBuilder();
        foreach (var (cluster, resilience) in options.Clusters)
        {
            if (resilience.AttemptTimeout < TimeSpan.FromMilliseconds(10) || resilience.AttemptTimeout > TimeSpan.FromMinutes(10))
                faults.AddError($"Resilience:Clusters:{cluster}:AttemptTimeout is {resilience.AttemptTimeout}; it must be from 00:00:00.01 to 00:10:00");
            if (resilience.TotalTimeout < resilience.AttemptTimeout)
                faults.AddError($"Resilience:Clusters:{cluster}:TotalTimeout is {resilience.TotalTimeout}; it must be at least AttemptTimeout ({resilience.AttemptTimeout})");
            if (resilience.Retries is < 0 or > 5)
                faults.AddError($"Resilience:Clusters:{cluster}:Retries is {resilience.Retries}; it must be from 0 to 5");
            if (resilience.SlowStart < TimeSpan.Zero || resilience.SlowStart > TimeSpan.FromHours(1))
                faults.AddError($"Resilience:Clusters:{cluster}:SlowStart is {resilience.SlowStart}; it must be from 00:00:00 to 01:00:00");
            CheckRepetition($"Resilience:Clusters:{cluster}", resilience, faults);
            CheckLimits($"Resilience:Clusters:{cluster}", resilience, faults);
        }

        return faults.Build();
    }

    private static void CheckRepetition(string path, ClusterResilience resilience, ValidateOptionsResultBuilder faults)
    {
        foreach (var method in resilience.RetryMethods.Except(Methods))
            faults.AddError($"{path}:RetryMethods has '{method}'; legal values are {string.Join(", ", Methods)}");
        if (resilience.RetryBudget.Ratio is not (>= 0 and <= 1))
            faults.AddError(Invariant($"{path}:RetryBudget:Ratio is {resilience.RetryBudget.Ratio}; it must be from 0 to 1"));
        if (resilience.RetryBudget.MinPerSecond is < 0 or > 1000)
            faults.AddError($"{path}:RetryBudget:MinPerSecond is {resilience.RetryBudget.MinPerSecond}; it must be from 0 to 1000");
        if (resilience.Hedging is not { } hedging) return;
        if (hedging.Delay < TimeSpan.FromMilliseconds(1) || hedging.Delay > TimeSpan.FromMinutes(1))
            faults.AddError($"{path}:Hedging:Delay is {hedging.Delay}; it must be from 00:00:00.001 to 00:01:00");
        if (hedging.Attempts is < 1 or > 5) faults.AddError($"{path}:Hedging:Attempts is {hedging.Attempts}; it must be from 1 to 5");
    }

    private static void CheckLimits(string path, ClusterResilience resilience, ValidateOptionsResultBuilder faults)
    {
        if (resilience.Concurrency is { } concurrency)
        {
            if (concurrency.Limit < 1) faults.AddError($"{path}:Concurrency:Limit is {concurrency.Limit}; it must be at least 1");
            if (concurrency.Queue < 0) faults.AddError($"{path}:Concurrency:Queue is {concurrency.Queue}; it must be at least 0");
        }

        if (resilience.CircuitBreaker is not { } breaker) return;
        if (breaker.FailureRatio is not (> 0 and <= 1))
            faults.AddError(Invariant($"{path}:CircuitBreaker:FailureRatio is {breaker.FailureRatio}; it must be above 0 and at most 1"));
        if (breaker.MinimumThroughput < 2) faults.AddError($"{path}:CircuitBreaker:MinimumThroughput is {breaker.MinimumThroughput}; it must be at least 2");
        CheckSpan($"{path}:CircuitBreaker:SamplingDuration", breaker.SamplingDuration, faults);
        CheckSpan($"{path}:CircuitBreaker:BreakDuration", breaker.BreakDuration, faults);
    }

    private static void CheckSpan(string path, TimeSpan span, ValidateOptionsResultBuilder faults)
    {
        if (span < TimeSpan.FromMilliseconds(500) || span > TimeSpan.FromMinutes(10)) faults.AddError($"{path} is {span}; it must be from 00:00:00.5 to 00:10:00");
    }
}
