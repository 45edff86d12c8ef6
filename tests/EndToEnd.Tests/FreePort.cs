using System.Net;
using System.Net.Sockets;

namespace FrontDoor.EndToEnd.Tests;

internal static class FreePort
{
    /// <summary>A port that was free a moment ago; for processes that have to come back on the same one.</summary>
    public static int Take()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
