using FrontDoor.Gateway.Authorization;
using FrontDoor.Gateway.Configuration;
using FrontDoor.Gateway.CrossOrigin;
using FrontDoor.Gateway.RateLimiting;
using FrontDoor.Gateway.StaticFiles;
using FrontDoor.Gateway.Upstream;
using Yarp.ReverseProxy.Configuration;

namespace FrontDoor.Gateway.Forwarding;

/// <summary>What routes say of other sections, and of each other.</summary>
internal static class RouteCheck
{
    public static void Check(GatewayConfig config, ICollection<string> faults)
    {
        foreach (var route in config.Routes.Values) CheckRoute(route, config, faults);
        foreach (var cluster in config.Clusters.Values)
        {
            CheckConnections(cluster, config, faults);
            if (InternalRedirect.Fault(cluster.Metadata, $"ReverseProxy:Clusters:{cluster.ClusterId}") is { } fault) faults.Add(fault);
        }

        foreach (var cluster in config.Resilience.Clusters.Keys.Where(c => !config.Clusters.ContainsKey(c)))
            faults.Add($"Resilience:Clusters:{cluster} is for a cluster that ReverseProxy:Clusters does not have{NearName.Hint(cluster, config.Clusters.Keys)}");
        foreach (var cluster in config.Upstream.Clusters.Keys.Where(c => !config.Clusters.ContainsKey(c)))
            faults.Add($"Upstream:Clusters:{cluster} is for a cluster that ReverseProxy:Clusters does not have{NearName.Hint(cluster, config.Clusters.Keys)}");
        foreach (var route in config.Streams.Routes.Keys.Where(r => !config.Routes.ContainsKey(r)))
            faults.Add($"Streams:Routes:{route} is for a route that ReverseProxy:Routes does not have{NearName.Hint(route, config.Routes.Keys)}");
        foreach (var route in config.Credentials.Routes.Keys.Where(r => !config.Routes.ContainsKey(r)))
            faults.Add($"Credentials:Routes:{route} is for a route that ReverseProxy:Routes does not have{NearName.Hint(route, config.Routes.Keys)}");
        foreach (var route in config.Credentials.Routes.Keys.Where(r => config.Routes.TryGetValue(r, out var found) && PolicyName.IsAnonymous(found)))
            faults.Add($"Credentials:Routes:{route} is for a route that takes no token; its policy is Anonymous");
        foreach (var route in config.Compression.Routes.Keys.Where(r => !config.Routes.ContainsKey(r)))
            faults.Add($"Compression:Routes:{route} is for a route that ReverseProxy:Routes does not have{NearName.Hint(route, config.Routes.Keys)}");
        foreach (var cluster in config.InternalTokens.Clusters.Keys.Where(c => !config.Clusters.ContainsKey(c)))
            faults.Add($"InternalTokens:Clusters:{cluster} is for a cluster that ReverseProxy:Clusters does not have{NearName.Hint(cluster, config.Clusters.Keys)}");
        foreach (var route in config.Identity.Routes.Keys.Where(r => !config.Routes.ContainsKey(r)))
            faults.Add($"IdentityPropagation:Routes:{route} is for a route that ReverseProxy:Routes does not have{NearName.Hint(route, config.Routes.Keys)}");
        OverlappingRoutes.Check(config.Routes.Values, faults);
    }

    private static void CheckConnections(ClusterConfig cluster, GatewayConfig config, ICollection<string> faults)
    {
        foreach (var (id, destination) in cluster.Destinations ?? new Dictionary<string, DestinationConfig>())
        {
            (string Name, string? Value)[] addresses = [("Address", destination.Address), ("Health", destination.Health)];
            foreach (var (name, address) in addresses.Where(a => UnixAddress.Is(a.Value)))
            {
                if (UnixAddress.Fault(address!) is { } fault) faults.Add($"ReverseProxy:Clusters:{cluster.ClusterId}:Destinations:{id}:{name} is {address}; {fault}");
            }
        }

        if (cluster.HttpClient?.DangerousAcceptAnyServerCertificate == true && config.Upstream.Of(cluster.ClusterId).CaFile is not null)
            faults.Add($"ReverseProxy:Clusters:{cluster.ClusterId}:HttpClient:DangerousAcceptAnyServerCertificate makes Upstream:Clusters:{cluster.ClusterId}:CaFile mean nothing; have one of them");
    }

    private static void CheckRoute(RouteConfig route, GatewayConfig config, ICollection<string> faults)
    {
        var path = $"ReverseProxy:Routes:{route.RouteId}";
        if (string.IsNullOrEmpty(route.ClusterId)) faults.Add($"{path}:ClusterId is missing; it names one of ReverseProxy:Clusters");
        else if (!config.Clusters.ContainsKey(route.ClusterId)) faults.Add(Unknown("ClusterId", route.ClusterId, "ReverseProxy:Clusters", config.Clusters.Keys));

        if (PolicyName.Of(route) is { } policy && !config.Policies.ContainsKey(policy))
            faults.Add(Unknown("AuthorizationPolicy", policy, "Policies", config.Policies.Keys.Concat(PolicyName.Reserved)));
        foreach (var limit in LimitName.Of(route))
        {
            if (!config.RateLimits.TryGetValue(limit, out var options)) faults.Add(Unknown("RateLimiterPolicy", limit, "RateLimits", config.RateLimits.Keys));
            else if (PolicyName.IsAnonymous(route) && LimitBy.Parse(options.By) is { NeedsUser: true })
                faults.Add($"{path}:RateLimiterPolicy is {limit}, which counts by {options.By}; nobody is known on an anonymous route");
        }

        if (CorsName.Of(route) is { } cors && !config.Cors.ContainsKey(cors)) faults.Add(Unknown("CorsPolicy", cors, "Cors", config.Cors.Keys));

        if (route.OutputCachePolicy is { Length: > 0 } cache)
        {
            if (!config.Caching.TryGetValue(cache, out var caching)) faults.Add(Unknown("OutputCachePolicy", cache, "Caching", config.Caching.Keys));
            else if (caching.PerUser == PolicyName.IsAnonymous(route))
                faults.Add($"{path}:OutputCachePolicy is {cache}, {(caching.PerUser ? "which keeps answers per user; nobody is known on an anonymous route" : "which would give one user's answers to another; set PerUser")}");
        }

        if (InternalRedirect.Fault(route.Metadata, path) is { } fault) faults.Add(fault);

        // YARP would add metadata to the route that no middleware here serves: ASP.NET Core then answers 500, or nothing happens.
        (string Name, string? Value)[] unserved =
        [
            ("Timeout", route.Timeout?.ToString()), ("TimeoutPolicy", route.TimeoutPolicy),
        ];
        foreach (var (name, _) in unserved.Where(s => !string.IsNullOrEmpty(s.Value)))
            faults.Add($"{path}:{name} is not supported; timeouts are in Resilience:Clusters");

        string Unknown(string setting, string name, string section, IEnumerable<string> known) => $"{path}:{setting} is {name}, which {section} does not have{NearName.Hint(name, known)}";
    }
}
