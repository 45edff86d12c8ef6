using System.Net;

namespace FrontDoor.Gateway.Management;

/// <summary>What can be said of <c>Kestrel:Endpoints</c> before Kestrel opens them.</summary>
internal static class Listeners
{
    public static void Check(IConfiguration settings, ICollection<string> faults)
    {
        foreach (var endpoint in settings.GetSection("Kestrel:Endpoints").GetChildren())
        {
            if (endpoint["Url"] is not { Length: > 0 } url) faults.Add($"{endpoint.Path}:Url is missing");
            else if (HostOf(url) is not { } host) faults.Add($"{endpoint.Path}:Url is {url}; it must be an address such as http://localhost:8080");
            // Fails closed: until management can authenticate its callers, it does not leave this machine.
            else if (endpoint.Key.Equals(ManagementSetup.Endpoint, StringComparison.OrdinalIgnoreCase) && !IsLoopback(host))
                faults.Add($"{endpoint.Path}:Url is {url}; management has no authentication, so it must be on a loopback address");
        }
    }

    private static string? HostOf(string url)
    {
        try
        {
            return BindingAddress.Parse(url).Host.Trim('[', ']');
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static bool IsLoopback(string host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
