using Yarp.ReverseProxy;

namespace FrontDoor.Gateway.Resilience;

/// <summary>Turns a request to another destination of its cluster than the ones that have been tried.</summary>
internal sealed class OtherDestination(Lazy<IProxyStateLookup> proxy, string clusterId)
{
    /// <param name="request">Its target is replaced.</param>
    /// <param name="tried">Prefixes that were tried before; the current one is added.</param>
    /// <returns>False when there is no other one; the request then stays as it is.</returns>
    public bool Redirect(HttpRequestMessage request, ISet<string> tried)
    {
        if (!proxy.Value.TryGetCluster(clusterId, out var cluster)) return false;

        var target = request.RequestUri!.AbsoluteUri;
        var prefixes = cluster.DestinationsState.AvailableDestinations.Select(d => AsSent(d.Model.Config.Address)).ToArray();
        // Where one address lies below another, the target does not tell which of them it was sent to.
        if (prefixes.Distinct().Where(p => target.StartsWith(p + "/", StringComparison.Ordinal)).ToArray() is not [var current]) return false;

        tried.Add(current);
        if (prefixes.FirstOrDefault(p => !tried.Contains(p)) is not { } other) return false;
        request.RequestUri = new Uri(other + target[current.Length..]);
        return true;
    }

    // As it stands at the head of a target: without a default port, with the host in lower case.
    private static string AsSent(string address) => new Uri(address).AbsoluteUri.TrimEnd('/');
}
