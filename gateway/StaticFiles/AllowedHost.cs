using FrontDoor.Gateway.Configuration;

namespace FrontDoor.Gateway.StaticFiles;

/// <summary>What the setting <c>AllowedHosts</c> leaves of a site's hosts.</summary>
internal static class AllowedHost
{
    /// <summary>Whether a request for this host, or for one of its subdomains if it is a wildcard, passes.</summary>
    public static bool LetsIn(GatewayConfig config, string host)
    {
        var allowed = (config.Text.Values.GetValueOrDefault("AllowedHosts") ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return allowed.Length == 0 || allowed.Contains("*") || allowed.Any(a => Meets(a, host) || Meets(host, a));
    }

    private static bool Meets(string pattern, string host) =>
        pattern.Equals(host, StringComparison.OrdinalIgnoreCase)
        || (pattern.StartsWith("*.", StringComparison.Ordinal) && host.EndsWith(pattern[1..], StringComparison.OrdinalIgnoreCase));
}
