using System.Text;

namespace FrontDoor.Gateway.Upstream;

/// <summary>
/// A destination on a Unix socket, written as nginx does: <c>http://unix:/run/app.sock</c>, with a path <c>http://unix:/run/app.sock:/prefix</c>. YARP gets an ordinary
/// address whose host is the socket's path in hexadecimal under <c>.invalid</c>, which no resolver answers (RFC 6761 section 6.4).
/// </summary>
internal static class UnixAddress
{
    private const string Prefix = "http://unix:";
    private const string Domain = ".unix.invalid";
    private const int MaxLabel = 62;

    // sockaddr_un holds 108 bytes with the last one zero.
    private const int MaxPath = 107;

    public static bool Is(string? address) => address?.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) == true;

    /// <returns>Why the address cannot be one; null when it can.</returns>
    public static string? Fault(string address)
    {
        var (socket, path) = Parts(address);
        if (socket.Length < 2 || socket[0] != '/') return "a Unix socket is written http://unix:/run/app.sock or http://unix:/run/app.sock:/prefix";
        if (Encoding.UTF8.GetByteCount(socket) > MaxPath) return $"the path of a Unix socket has at most {MaxPath} bytes";
        return path.Length > 0 && path[0] != '/' ? "what follows the socket's second colon is a path" : null;
    }

    /// <summary>The same destination as an address that YARP can put a target together from.</summary>
    public static string ToHttp(string address)
    {
        var (socket, path) = Parts(address);
        var labels = Convert.ToHexStringLower(Encoding.UTF8.GetBytes(socket)).Chunk(MaxLabel).Select(label => new string(label));
        return $"http://{string.Join('.', labels)}{Domain}{path}";
    }

    /// <returns>The socket's path; null when the host is an ordinary one.</returns>
    public static string? SocketOf(string host) => host.EndsWith(Domain, StringComparison.Ordinal)
        ? Encoding.UTF8.GetString(Convert.FromHexString(host[..^Domain.Length].Replace(".", "", StringComparison.Ordinal)))
        : null;

    private static (string Socket, string Path) Parts(string address)
    {
        var rest = address[Prefix.Length..];
        var colon = rest.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? (rest, "") : (rest[..colon], rest[(colon + 1)..]);
    }
}
