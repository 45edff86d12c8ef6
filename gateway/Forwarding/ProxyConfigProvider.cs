using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using FrontDoor.Gateway.Authorization;
using FrontDoor.Gateway.Configuration;
using FrontDoor.Gateway.Upstream;
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
    private const string UpstreamKey = "FrontDoor.Upstream";
    private const string SocketsKey = "FrontDoor.Sockets";
    private const string ClusterKey = "FrontDoor.Cluster";

    private readonly ConditionalWeakTable<RouteConfig, GatewayConfig> _origins = [];
    private readonly Derived<ClusterNames> _names = current.Derive<ClusterNames>((config, before) => new ClusterNames(config, before));

    public IProxyConfig GetConfig()
    {
        var token = current.GetChangeToken();
        var config = current.Value;
        var names = _names.Of(config);
        return new Handed([.. config.Routes.Values.Select(r => Route(r, config, names))], [.. config.Clusters.Values.Select(c => Cluster(c, config, names))], token);
    }

    /// <summary>The configuration that a route of YARP's is from.</summary>
    public GatewayConfig ConfigOf(RouteConfig route) => _origins.TryGetValue(route, out var config)
        ? config
        : throw new InvalidOperationException($"Route {route.RouteId} is not from this provider");

    /// <summary>The id of a cluster as it is written; YARP may know it under another (<see cref="ClusterNames"/>).</summary>
    public static string IdOf(IReadOnlyDictionary<string, string>? metadata) => metadata![ClusterKey];

    /// <summary>Whether any of its destinations is a Unix socket.</summary>
    public static bool HasSockets(IReadOnlyDictionary<string, string>? metadata) => metadata![SocketsKey] == bool.TrueString;

    private RouteConfig Route(RouteConfig route, GatewayConfig config, ClusterNames names)
    {
        var handed = route with
        {
            ClusterId = names[route.ClusterId!],
            // Policies and limits go to the endpoint as objects of this configuration (MapForwarding); a name would be looked up later, in another.
            AuthorizationPolicy = PolicyName.IsAnonymous(route) ? PolicyName.Anonymous : null,
            RateLimiterPolicy = null,
            CorsPolicy = null,
            OutputCachePolicy = null,
            Metadata = With(route.Metadata, GenerationKey, config.Generation.ToString(CultureInfo.InvariantCulture)),
        };
        _origins.Add(handed, config);
        return handed;
    }

    private static ClusterConfig Cluster(ClusterConfig cluster, GatewayConfig config, ClusterNames names) => cluster.WithSockets() with
    {
        ClusterId = names[cluster.ClusterId],
        // All that the client is made from, so that a change of it alone makes another client (ResilientClientFactory).
        Metadata = new Dictionary<string, string>(cluster.Metadata ?? new Dictionary<string, string>())
        {
            [ClusterKey] = cluster.ClusterId,
            [ResilienceKey] = JsonSerializer.Serialize(config.Resilience.Of(cluster.ClusterId)),
            [UpstreamKey] = JsonSerializer.Serialize(config.Upstream.Of(cluster.ClusterId)) + config.UpstreamFiles.GetValueOrDefault(cluster.ClusterId),
            [SocketsKey] = cluster.HasSockets().ToString(),
        },
    };

    private static Dictionary<string, string> With(IReadOnlyDictionary<string, string>? metadata, string key, string value) =>
        new(metadata ?? new Dictionary<string, string>()) { [key] = value };

    private sealed record Handed(IReadOnlyList<RouteConfig> Routes, IReadOnlyList<ClusterConfig> Clusters, IChangeToken ChangeToken) : IProxyConfig;
}
