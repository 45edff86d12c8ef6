using FrontDoor.Gateway.Configuration;

namespace FrontDoor.Gateway.Forwarding;

/// <summary>
/// Under which id YARP knows each cluster of a configuration. YARP changes clusters in place and routes after them, so that for a moment the
/// old routes, with the old policies, would lead to the new destinations. A cluster that changes together with something else is therefore a
/// new one to YARP; the old one serves the old routes to their end. One that changes alone is changed in place, and keeps its health.
/// </summary>
internal sealed class ClusterNames
{
    private static readonly string[] ClusterSettings = ["ReverseProxy:Clusters", "Resilience"];

    private readonly Dictionary<string, string> _names = new(StringComparer.OrdinalIgnoreCase);
    private readonly GatewayConfig _config;

    public ClusterNames(GatewayConfig config, ClusterNames? before)
    {
        _config = config;
        var alone = before is not null && config.Text.SameBut(before._config.Text, ClusterSettings);
        foreach (var cluster in config.Clusters.Keys)
        {
            var known = before?._names.GetValueOrDefault(cluster);
            _names[cluster] = known is null ? cluster : alone || IsUnchanged(cluster, before!) ? known : $"{cluster}@{config.Generation}";
        }
    }

    public string this[string cluster] => _names[cluster];

    private bool IsUnchanged(string cluster, ClusterNames before) =>
        _config.Clusters[cluster] == before._config.Clusters[cluster] && _config.Resilience.Of(cluster) == before._config.Resilience.Of(cluster);
}
