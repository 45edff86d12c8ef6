using Yarp.ReverseProxy.LoadBalancing;
using Yarp.ReverseProxy.Model;

namespace FrontDoor.Gateway.Resilience;

/// <summary>
/// Any of YARP's policies, asked again without the destination that it chose if that one is still starting and it is not its turn. So each policy's own notion of a fair share is
/// what is scaled.
/// </summary>
internal sealed class SlowStartBalancing(ILoadBalancingPolicy policy, SlowStarts starts) : ILoadBalancingPolicy
{
    public string Name => policy.Name;

    public DestinationState? PickDestination(HttpContext context, ClusterState cluster, IReadOnlyList<DestinationState> availableDestinations)
    {
        var first = policy.PickDestination(context, cluster, availableDestinations);
        if (!starts.Any || first is null) return first;

        var (left, chosen) = (availableDestinations, first);
        while (!starts.Admits(chosen))
        {
            left = [.. left.Where(d => d != chosen)];
            // Nobody else: better early than not at all.
            if (left.Count == 0 || policy.PickDestination(context, cluster, left) is not { } other) return first;
            chosen = other;
        }

        return chosen;
    }
}
