using System.Net;
using FrontDoor.Gateway.Tls;

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
            else if (url.StartsWith("https:", StringComparison.OrdinalIgnoreCase) && !HasCertificate(endpoint, settings))
                faults.Add($"{endpoint.Path}:Url is {url}, but there is no certificate for it; set Tls:Certificates, Tls:Folder or {endpoint.Path}:Certificate");
        }
    }

    private static bool HasCertificate(IConfigurationSection endpoint, IConfiguration settings) =>
        TlsSetup.HasItsOwn(endpoint)
        || settings.GetSection("Kestrel:Certificates:Default").Exists()
        || (!endpoint.Key.Equals(ManagementSetup.Endpoint, StringComparison.OrdinalIgnoreCase)
            && (settings.GetSection("Tls:Certificates").Exists() || settings.GetSection("Tls:Folder").Exists()));

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
