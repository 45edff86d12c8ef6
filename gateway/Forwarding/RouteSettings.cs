using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.Configuration;

namespace FrontDoor.Gateway.Forwarding;

/// <summary>Has no settings of its own; its validator reads the names that stand in the configuration.</summary>
internal sealed record RouteSettings;

/// <summary>
/// YARP ignores settings it does not know, so a misspelt <c>AuthorizationPolicy</c> would leave a route with the default policy: any valid token.
/// Here it refuses the start. So does a top-level section whose name is nearly one of ours.
/// </summary>
internal sealed class RouteSettingsValidator(IConfiguration configuration) : IValidateOptions<RouteSettings>
{
    private static readonly string[] Sections =
    [
        "Kestrel", "AllowedHosts", "Logging", "Edge", "StaticSites", "Issuers", "TokenCache", "Policies", "RateLimits", "Redis", "IdentityPropagation",
        "Resilience", "ReverseProxy",
    ];

    private static readonly string[] RouteNames = NamesOf<RouteConfig>(except: nameof(RouteConfig.RouteId));
    private static readonly string[] MatchNames = NamesOf<RouteMatch>();
    private static readonly string[] ClusterNames = NamesOf<ClusterConfig>(except: nameof(ClusterConfig.ClusterId));
    private static readonly string[] DestinationNames = NamesOf<DestinationConfig>();

    public ValidateOptionsResult Validate(string? name, RouteSettings options)
    {
        var faults = new ValidateOptionsResultBuilder();
        // The environment is part of the configuration and full of other names, so here only near misses count.
        foreach (var section in configuration.GetChildren().Where(s => s.GetChildren().Any()))
        {
            if (Near(section.Key, Sections) is { } meant) faults.AddError($"{section.Key} is not a section; did you mean {meant}?");
        }

        var proxy = configuration.GetSection("ReverseProxy");
        CheckNames(proxy, ["Routes", "Clusters"], faults);
        var clusters = proxy.GetSection("Clusters").GetChildren().Select(c => c.Key).ToArray();
        foreach (var route in proxy.GetSection("Routes").GetChildren())
        {
            CheckNames(route, RouteNames, faults);
            CheckNames(route.GetSection("Match"), MatchNames, faults);
            if (route["ClusterId"] is { Length: > 0 } cluster && !clusters.Contains(cluster, StringComparer.OrdinalIgnoreCase))
                faults.AddError($"{route.Path}:ClusterId is {cluster}, which ReverseProxy:Clusters does not have{(Near(cluster, clusters) is { } meant ? $"; did you mean {meant}?" : "")}");
        }

        foreach (var cluster in proxy.GetSection("Clusters").GetChildren())
        {
            CheckNames(cluster, ClusterNames, faults);
            foreach (var destination in cluster.GetSection("Destinations").GetChildren()) CheckNames(destination, DestinationNames, faults);
        }

        return faults.Build();
    }

    private static void CheckNames(IConfigurationSection section, string[] known, ValidateOptionsResultBuilder faults)
    {
        foreach (var setting in section.GetChildren().Where(s => !known.Contains(s.Key, StringComparer.OrdinalIgnoreCase)))
            faults.AddError($"{setting.Path} is not a setting{(Near(setting.Key, known) is { } meant ? $"; did you mean {meant}?" : "")}");
    }

    /// <returns>The known name that this one misses by at most two letters; null for none, and for a known name.</returns>
    private static string? Near(string name, string[] known) =>
        known.Contains(name, StringComparer.OrdinalIgnoreCase) ? null : known.FirstOrDefault(k => Distance(name.ToUpperInvariant(), k.ToUpperInvariant()) <= 2);

    // Levenshtein: letters to add, drop or change.
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[b.Length];
    }

    private static string[] NamesOf<T>(string? except = null) => [.. typeof(T).GetProperties().Select(p => p.Name).Where(n => n != except)];
}
