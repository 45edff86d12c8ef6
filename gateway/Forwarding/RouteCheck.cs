using FrontDoor.Gateway.Authorization;
using FrontDoor.Gateway.Configuration;
using FrontDoor.Gateway.RateLimiting;
using FrontDoor.Gateway.StaticFiles;
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
            if (InternalRedirect.Fault(cluster.Metadata, $"ReverseProxy:Clusters:{cluster.ClusterId}") is { } fault) faults.Add(fault);
        }

        foreach (var cluster in config.Resilience.Clusters.Keys.Where(c => !config.Clusters.ContainsKey(c)))
            faults.Add($"Resilience:Clusters:{cluster} is for a cluster that ReverseProxy:Clusters does not have{NearName.Hint(cluster, config.Clusters.Keys)}");
        foreach (var route in config.Streams.Routes.Keys.Where(r => !config.Routes.ContainsKey(r)))
            faults.Add($"Streams:Routes:{route} is for a route that ReverseProxy:Routes does not have{NearName.Hint(route, config.Routes.Keys)}");
        OverlappingRoutes.Check(config.Routes.Values, faults);
    }

    private static void CheckRoute(RouteConfig route, GatewayConfig config, ICollection<string> faults)
    {
        var path = $"ReverseProxy:Routes:{route.RouteId}";
        if (string.IsNullOrEmpty(route.ClusterId)) faults.Add($"{path}:ClusterId is missing; it names one of ReverseProxy:Clusters");
        else if (!config.Clusters.ContainsKey(route.ClusterId)) faults.Add(Unknown("ClusterId", route.ClusterId, "ReverseProxy:Clusters", config.Clusters.Keys));

        if (PolicyName.Of(route) is { } policy && !config.Policies.ContainsKey(policy))
            faults.Add(Unknown("AuthorizationPolicy", policy, "Policies", config.Policies.Keys.Concat(PolicyName.Reserved)));
        if (LimitName.Of(route) is { } limit && !config.RateLimits.ContainsKey(limit)) faults.Add(Unknown("RateLimiterPolicy", limit, "RateLimits", config.RateLimits.Keys));

        if (InternalRedirect.Fault(route.Metadata, path) is { } fault) faults.Add(fault);

        // YARP would add metadata to the route that no middleware here serves: ASP.NET Core then answers 500, or nothing happens.
        (string Name, string? Value)[] unserved =
        [
            ("Timeout", route.Timeout?.ToString()), ("TimeoutPolicy", route.TimeoutPolicy), ("CorsPolicy", route.CorsPolicy), ("OutputCachePolicy", route.OutputCachePolicy),
        ];
        foreach (var (name, _) in unserved.Where(s => !string.IsNullOrEmpty(s.Value)))
            faults.Add($"{path}:{name} is not supported{(name.StartsWith("Timeout", StringComparison.Ordinal) ? "; timeouts are in Resilience:Clusters" : "")}");

        string Unknown(string setting, string name, string section, IEnumerable<string> known) => $"{path}:{setting} is {name}, which {section} does not have{NearName.Hint(name, known)}";
    }
}
