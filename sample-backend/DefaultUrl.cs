namespace FrontDoor.SampleBackend;

/// <summary>Where the app listens when nobody says otherwise: on loopback, since whoever reaches this port is believed.</summary>
internal static class DefaultUrl
{
    public const string Value = "http://127.0.0.1:8091";

    private static readonly string[] OtherWaysToSayIt = ["urls", "http_ports", "https_ports", "Kestrel:Endpoints"];

    // Not "Urls" in appsettings.json: that file is read after the ASPNETCORE_ variables, so it would outrank ASPNETCORE_URLS
    // and the ASPNETCORE_HTTP_PORTS=8080 of the container images.
    public static void UseDefaultUrl(this WebApplicationBuilder builder)
    {
        if (!OtherWaysToSayIt.Any(key => IsSet(builder.Configuration.GetSection(key))))
        {
            builder.WebHost.UseUrls(Value);
        }
    }

    private static bool IsSet(IConfigurationSection section) => !string.IsNullOrEmpty(section.Value) || section.GetChildren().Any();
}
