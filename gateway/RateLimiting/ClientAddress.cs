using System.Net;
using System.Net.Sockets;

namespace FrontDoor.Gateway.RateLimiting;

/// <summary>Whom a request counts for, before anything is known but where it came from.</summary>
internal static class ClientAddress
{
    /// <summary>The connection's address, or what a trusted proxy says of it (Edge), never what a client claims: IPv4 whole, IPv6 as its /64 network.</summary>
    public static string Partition(IPAddress? address)
    {
        if (address is null) return "unknown"; // a Unix socket has no address; all its clients count as one
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (address.AddressFamily == AddressFamily.InterNetwork) return address.ToString();

        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return $"{new IPAddress(bytes)}/64";
    }
}
