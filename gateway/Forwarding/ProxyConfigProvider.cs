using System.Globalization;
using System.Runtime.CompilerServices;
using FrontDoor.Gateway.Authorization;
using FrontDoor.Gateway.Configuration;
using Microsoft.Extensions.Primitives;
using Yarp.ReverseProxy.Configuration;

namespace FrontDoor.Gateway.Forwarding;

/// <summary>
/// Hands YARP the routes and clusters of the current configuration. YARP keeps the endpoint of a route that has not changed, and with it the
/// policies it was made with; so every route is marked with its configuration's generation, and every endpoint is of one configuration.
/// </summary>
internal sealed class ProxyConfigProvider(CurrentConfig current) : IProxyConfigProvider
{
    private const string GenerationKey = "FrontDoor.Generation";
    private const string ResilienceKey = "FrontDoor.Resilience";

    private readonly ConditionalWeakTable<RouteConfig, GatewayConfig> _origins = [];

    public IProxyConfig GetConfig()
    {
        var token = current.GetChangeToken();
        var config = current.Value;
        return new Handed([.. config.Routes.Values.Select(r => Route(r, config))], [.. config.Clusters.Values.Select(c => Cluster(c, config))], token);
    }

    /// <summary>The configuration that a route of YARP's is from.</summary>
    public GatewayConfig ConfigOf(RouteConfig route) => _origins.TryGetValue(route, out var config)
        ? config
        : throw new InvalidOperationException($"Route {route.RouteId} is not from this provider");

    private RouteConfig Route(RouteConfig route, GatewayConfig config)
    {
        var handed = route with
        {
            // Policies and limits go to the endpoint as objects of this configuration (MapForwarding); a name would be looked up later, in another.
            AuthorizationPolicy = PolicyName.IsAnonymous(route) ? PolicyName.Anonymous : null,
            RateLimiterPolicy = null,
            Metadata = With(route.Metadata, GenerationKey, config.Generation.ToString(CultureInfo.InvariantCulture)),
        };
        _origins.Add(handed, config);
        return handed;
    }

    // So that YARP asks for another client when nothing but the resilience of a cluster has changed.
    private static ClusterConfig Cluster(ClusterConfig cluster, GatewayConfig config) =>
        cluster with { Metadata = With(cluster.Metadata, ResilienceKey, config.Resilience.Of(cluster.ClusterId).ToString()) };

    private static Dictionary<string, string> With(IReadOnlyDictionary<string, string>? metadata, string key, string value) =>
        new(metadata ?? new Dictionary<string, string>()) { [key] = value };

    private sealed record Handed(IReadOnlyList<RouteConfig> Routes, IReadOnlyList<ClusterConfig> Clusters, IChangeToken ChangeToken) : IProxyConfig;
}
