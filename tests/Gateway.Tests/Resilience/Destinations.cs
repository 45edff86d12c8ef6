using System.Diagnostics.CodeAnalysis;
using FrontDoor.Gateway.Resilience;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Model;

namespace FrontDoor.Gateway.Tests.Resilience;

/// <summary>Destinations of the cluster "sample".</summary>
internal static class Destinations
{
    public static ClusterDestinations Among(params string[] addresses) => Of("sample", addresses);

    public static ClusterDestinations Of(string asked, params string[] addresses)
    {
        var all = addresses.Select((address, i) => new DestinationState($"{i}", new DestinationModel(new DestinationConfig { Address = address }))).ToArray();
        var cluster = new ClusterState("sample") { DestinationsState = new ClusterDestinationsState(all, all) };
        return new ClusterDestinations(new Lazy<IProxyStateLookup>(new Clusters(cluster)), asked);
    }

    private sealed class Clusters(ClusterState only) : IProxyStateLookup
    {
        public bool TryGetRoute(string id, [NotNullWhen(true)] out RouteModel? route)
        {
            route = null;
            return false;
        }

        public IEnumerable<RouteModel> GetRoutes() => [];

        public bool TryGetCluster(string id, [NotNullWhen(true)] out ClusterState? cluster)
        {
            cluster = id == only.ClusterId ? only : null;
            return cluster is not null;
        }

        public IEnumerable<ClusterState> GetClusters() => [only];
    }
}
