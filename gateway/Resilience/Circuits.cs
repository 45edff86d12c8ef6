using System.Collections.Concurrent;

namespace FrontDoor.Gateway.Resilience;

/// <summary>The circuit breakers that are in use, for whoever shows them.</summary>
internal sealed class Circuits
{
    private readonly ConcurrentDictionary<string, DestinationBreakers> _clusters = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="cluster">Its id as it is written.</param>
    /// <param name="breakers">Null when it has none any more.</param>
    public void Set(string cluster, DestinationBreakers? breakers)
    {
        if (breakers is null) _clusters.TryRemove(cluster, out _);
        else _clusters[cluster] = breakers;
    }

    /// <returns>Whether the circuit to an address is open; null where there is no breaker.</returns>
    public bool? IsOpen(string cluster, string address) =>
        _clusters.TryGetValue(cluster, out var breakers) ? breakers.IsOpen(ClusterDestinations.AsSent(address)) : null;
}
