using System.Net.Quic;

namespace FrontDoor.Gateway.Tls;

/// <summary>HTTP/3 is Kestrel's, and needs libmsquic on the machine. Without it a listener serves its other protocols; one that has no other refuses the start.</summary>
internal static class Http3
{
    private static bool IsAvailable => (OperatingSystem.IsLinux() || OperatingSystem.IsWindows() || OperatingSystem.IsMacOS()) && QuicListener.IsSupported;

    /// <param name="settings">All of them.</param>
    /// <param name="faults">Gets listeners that could serve nothing.</param>
    public static void Check(IConfiguration settings, ICollection<string> faults)
    {
        foreach (var listener in Without(settings).Where(l => ProtocolsOf(l, settings).Equals("Http3", StringComparison.OrdinalIgnoreCase)))
            faults.Add($"{listener.Path}:Protocols is Http3, which is not available on this machine: it has no libmsquic. Install it, or set Http1AndHttp2AndHttp3");
    }

    /// <summary>A line for each listener that is going to do without it.</summary>
    public static IEnumerable<string> Notes(IConfiguration settings) => Without(settings).Select(
        listener => $"{listener.Path}: HTTP/3 is not available on this machine, which has no libmsquic; the listener serves HTTP/1.1 and HTTP/2");

    private static IEnumerable<IConfigurationSection> Without(IConfiguration settings) =>
        IsAvailable ? [] : settings.GetSection("Kestrel:Endpoints").GetChildren().Where(l => ProtocolsOf(l, settings).Contains("Http3", StringComparison.OrdinalIgnoreCase));

    private static string ProtocolsOf(IConfigurationSection listener, IConfiguration settings) => listener["Protocols"] ?? settings["Kestrel:EndpointDefaults:Protocols"] ?? "";
}
