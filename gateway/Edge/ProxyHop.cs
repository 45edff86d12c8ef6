using System.Net;

namespace FrontDoor.Gateway.Edge;

/// <summary>What one proxy told of the connection it received; null for what it left out.</summary>
internal readonly record struct ProxyHop(string? For, string? Proto, string? Host)
{
    /// <returns>The hops, the nearest proxy's first; null when a field cannot be read.</returns>
    public static IReadOnlyList<ProxyHop>? Read(IHeaderDictionary headers, ProxyFields fields)
    {
        if (fields == ProxyFields.Forwarded) return ForwardedField.Read(headers["Forwarded"]);

        var addresses = headers.GetCommaSeparatedValues("X-Forwarded-For");
        var schemes = headers.GetCommaSeparatedValues("X-Forwarded-Proto");
        var hosts = headers.GetCommaSeparatedValues("X-Forwarded-Host");
        var hops = new ProxyHop[Math.Max(addresses.Length, Math.Max(schemes.Length, hosts.Length))];
        for (var i = 0; i < hops.Length; i++) hops[i] = new ProxyHop(FromRight(addresses, i), FromRight(schemes, i)?.ToLowerInvariant(), FromRight(hosts, i));
        return hops;
    }

    /// <summary>RFC 7239 sections 6.2 and 6.3: a proxy may keep the address to itself; then its own counts.</summary>
    public static bool IsHidden(string node) => node.StartsWith('_') || node.Equals("unknown", StringComparison.OrdinalIgnoreCase);

    /// <returns>Null when it is no address. IPv6 may stand in brackets, and a port behind.</returns>
    public static IPEndPoint? AddressOf(string node)
    {
        // The parser would take "1" for 0.0.0.1.
        if (!node.Contains(':', StringComparison.Ordinal) && node.Count(c => c == '.') != 3) return null;
        return IPEndPoint.TryParse(node, out var address) ? address : null;
    }

    private static string? FromRight(string[] values, int index) => index < values.Length ? values[^(index + 1)].Trim() : null;
}
