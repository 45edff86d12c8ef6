using Microsoft.Extensions.Options;

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
    /// Further attempts, each at another destination where there is one, for GET, HEAD and OPTIONS without a body, after a failed connection,
    /// a timeout, 502, 503 or 504. Default 1; from 0 to 5.
    /// </summary>
    public int Retries { get; init; } = 1;
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
        }

        return faults.Build();
    }
}
