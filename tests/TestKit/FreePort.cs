using System.Net;
using System.Net.Sockets;

namespace FrontDoor.TestKit;

public static class FreePort
{
    /// <summary>A port that was free a moment ago; for processes that have to come back on the same one.</summary>
    public static int Take()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    /// <summary>The same as an address of plain HTTP on the loopback.</summary>
    public static Uri Address() => new($"http://127.0.0.1:{Take()}");
}
