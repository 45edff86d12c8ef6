using Microsoft.AspNetCore.DataProtection;
using Yarp.ReverseProxy.Configuration;

namespace FrontDoor.Gateway.Forwarding;

/// <summary>Routes and clusters by id, in YARP's own section and schema.</summary>
internal sealed record ProxySection
{
    public const string Section = "ReverseProxy";

    /// <summary>What is forwarded and by whose leave.</summary>
    public IReadOnlyDictionary<string, RouteConfig> Routes { get; init; } = new Dictionary<string, RouteConfig>();

    /// <summary>Where it is forwarded to.</summary>
    public IReadOnlyDictionary<string, ClusterConfig> Clusters { get; init; } = new Dictionary<string, ClusterConfig>();

    /// <summary>
    /// Reads and validates by YARP's own code: what parses its section is not public, so a container of its own is asked for its result.
    /// </summary>
    /// <returns>Null when it cannot be read.</returns>
    public static ProxySection? Read(IConfiguration settings, ICollection<string> faults)
    {
        var services = new ServiceCollection();
        services.AddLogging().AddReverseProxy().LoadFromConfig(settings.GetSection(Section));
        services.AddDataProtection().UseEphemeralDataProtectionProvider();
        using var yarp = services.BuildServiceProvider();
        try
        {
            var config = yarp.GetRequiredService<IProxyConfigProvider>().GetConfig();
            Validate(config, yarp.GetRequiredService<IConfigValidator>(), faults);
            return new ProxySection
            {
                Routes = config.Routes.ToDictionary(r => r.RouteId, StringComparer.OrdinalIgnoreCase),
                Clusters = config.Clusters.ToDictionary(c => c.ClusterId, StringComparer.OrdinalIgnoreCase),
            };
        }
        catch (Exception e)
        {
            // Of whatever kind: what YARP's parser reads more strictly than the framework's converters. It does not tell where.
            faults.Add($"{Section} cannot be read: {e.Message}");
            return null;
        }
    }

    private static void Validate(IProxyConfig config, IConfigValidator validator, ICollection<string> faults)
    {
        foreach (var route in config.Routes)
        {
            // Names of policies are ours to look up.
            var named = route with { AuthorizationPolicy = null, RateLimiterPolicy = null, CorsPolicy = null, OutputCachePolicy = null, TimeoutPolicy = null, Timeout = null };
            foreach (var fault in Result(validator.ValidateRouteAsync(named))) faults.Add($"{Section}:Routes:{route.RouteId}: {fault.Message}");
        }

        foreach (var cluster in config.Clusters)
        {
            foreach (var fault in Result(validator.ValidateClusterAsync(cluster))) faults.Add($"{Section}:Clusters:{cluster.ClusterId}: {fault.Message}");
        }
    }

    // YARP's validators only compute.
    private static IList<Exception> Result(ValueTask<IList<Exception>> validation) => validation.AsTask().GetAwaiter().GetResult();
}
