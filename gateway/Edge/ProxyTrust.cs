using System.Net;
using System.Net.Sockets;
using FrontDoor.Gateway.Configuration;
using Microsoft.Extensions.Primitives;

namespace FrontDoor.Gateway.Edge;

/// <summary>Whom one configuration trusts to tell where a request came from, and what it may tell.</summary>
internal sealed class ProxyTrust(GatewayConfig config)
{
    // More proxies in a row than anybody has.
    private const int MaxHops = 16;

    private readonly IPNetwork[] _networks = [.. config.Edge.TrustedProxies.Select(p => NetworkOf(p)!.Value)];

    private readonly StringSegment[] _hosts =
        [.. (config.Text.Values.GetValueOrDefault("AllowedHosts") ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries).Select(h => new StringSegment(h))];

    /// <returns>Null when it is neither an address nor a network.</returns>
    public static IPNetwork? NetworkOf(string text)
    {
        if (IPAddress.TryParse(text, out var address)) return new IPNetwork(address, address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128);
        return IPNetwork.TryParse(text, out var network) ? network : null;
    }

    /// <summary>Whether this peer is a trusted proxy. One without an address (a Unix socket) is none.</summary>
    public bool Trusts(IPAddress? peer)
    {
        if (_networks.Length == 0 || peer is null) return false;
        if (peer.IsIPv4MappedToIPv6) peer = peer.MapToIPv4();
        foreach (var network in _networks)
        {
            if (network.Contains(peer)) return true;
        }

        return false;
    }

    /// <summary>
    /// Goes back from proxy to proxy to the first address that is not one, and takes address, scheme and host as the last trusted proxy saw
    /// them. What stands further left is the client's own word.
    /// </summary>
    /// <returns>Which field is malformed; null for none.</returns>
    public string? Apply(HttpContext context)
    {
        var (connection, request) = (context.Connection, context.Request);
        if (ProxyHop.Read(request.Headers, config.Edge.ProxyFields) is not { } hops) return "Forwarded";

        for (var i = 0; i < hops.Count && Trusts(connection.RemoteIpAddress); i++)
        {
            if (i == MaxHops) return "X-Forwarded-For";
            if (hops[i].Proto is { } scheme)
            {
                if (scheme is not ("http" or "https")) return "X-Forwarded-Proto";
                request.Scheme = scheme;
            }

            if (hops[i].Host is { } host)
            {
                // As strict as with the Host field itself (HostFiltering), which has been judged before.
                if (!IsAllowed(host)) return "X-Forwarded-Host";
                request.Host = new HostString(host);
            }

            if (hops[i].For is not { } client || ProxyHop.IsHidden(client)) break;
            if (ProxyHop.AddressOf(client) is not { } address) return "X-Forwarded-For";
            (connection.RemoteIpAddress, connection.RemotePort) = (address.Address, address.Port);
        }

        return null;
    }

    private bool IsAllowed(string host)
    {
        if (!Uri.TryCreate($"http://{host}/", UriKind.Absolute, out var uri) || uri.UserInfo.Length > 0 || uri.PathAndQuery != "/" || host.Contains('\\', StringComparison.Ordinal)) return false;
        return _hosts.Length == 0 || _hosts.Contains(new StringSegment("*")) || HostString.MatchesAny(new HostString(host).Host, _hosts);
    }
}
