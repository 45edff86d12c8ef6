using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Model;

namespace FrontDoor.Gateway.Resilience;

/// <summary>The destinations of a cluster that YARP holds for available, as prefixes of the targets that it sends to.</summary>
internal sealed class ClusterDestinations(Lazy<IProxyStateLookup> proxy, string clusterId)
{
    private Known? _known;

    private sealed record Known(ClusterDestinationsState State, string[] Prefixes);

    /// <returns>
    /// The prefix of the destination that a target lies at; null when it is none's, or when one address lies below another, so that the target
    /// does not tell.
    /// </returns>
    public string? Of(string target) =>
        Prefixes().Where(p => target.StartsWith(p + "/", StringComparison.Ordinal)).Take(2).ToArray() is [var only] ? only : null;

    /// <returns>A destination that is not to be avoided; null for none.</returns>
    public string? Other(Func<string, bool> avoid) => Prefixes().FirstOrDefault(p => !avoid(p));

    /// <summary>The destinations with this address.</summary>
    public IEnumerable<DestinationState> At(string prefix) => proxy.Value.TryGetCluster(clusterId, out var cluster)
        ? cluster.DestinationsState.AllDestinations.Where(d => AsSent(d.Model.Config.Address).Equals(prefix, StringComparison.OrdinalIgnoreCase))
        : [];

    private string[] Prefixes()
    {
        if (!proxy.Value.TryGetCluster(clusterId, out var cluster)) return [];
        var state = cluster.DestinationsState;
        if (_known is not { } known || known.State != state)
            _known = known = new(state, [.. state.AvailableDestinations.Select(d => AsSent(d.Model.Config.Address)).Distinct()]);
        return known.Prefixes;
    }

    // As it stands at the head of a target: without a default port, with the host in lower case.
    internal static string AsSent(string address) => new Uri(address).AbsoluteUri.TrimEnd('/');
}
