using System.Net;
using FrontDoor.Gateway;

namespace FrontDoor.TestKit;

/// <summary>The gateway with its shipped configuration, its clusters pointed at addresses of the test.</summary>
public sealed class GatewayApp : RunningApp<GatewayMarker>
{
    private GatewayApp(Dictionary<string, string?> settings, TimeProvider? time)
        : base(settings, time)
    {
    }

    /// <summary>The public listener.</summary>
    public Uri Address => Addresses.Single(a => a.Scheme == "http" && a.Host == "127.0.0.1" && a.Port != ManagementAddress.Port && a.Port != Http2Address?.Port);

    /// <summary>The management listener: the one that answers for its health.</summary>
    public Uri ManagementAddress { get; private set; } = null!;

    /// <summary>The listener that the settings gave a https address, if any.</summary>
    public Uri? HttpsAddress => Addresses.SingleOrDefault(a => a.Scheme == "https");

    /// <summary>The listener that the settings gave the protocol Http2, if any: it turns HTTP/1.1 away.</summary>
    public Uri? Http2Address { get; private set; }

    /// <param name="issuer">The <c>iss</c> it trusts and the origin its documents are fetched from.</param>
    /// <param name="backend">Where the clusters sample and orders point, both destinations alike unless overridden.</param>
    /// <param name="settings">Further overrides of the shipped configuration.</param>
    /// <param name="time">A clock to advance; default the system's.</param>
    public static async Task<GatewayApp> StartAsync(
        (string Issuer, Uri Documents) issuer, Uri backend, IReadOnlyDictionary<string, string?>? settings = null, TimeProvider? time = null)
    {
        var all = new Dictionary<string, string?>
        {
            ["Kestrel:Endpoints:Public:Url"] = "http://127.0.0.1:0",
            ["Kestrel:Endpoints:Management:Url"] = "http://127.0.0.1:0",
            ["Issuers:token-service:Issuer"] = issuer.Issuer,
            ["Issuers:token-service:MetadataAddress"] = new Uri(issuer.Documents, "/.well-known/openid-configuration").AbsoluteUri,
            ["ReverseProxy:Clusters:token-service:Destinations:first:Address"] = issuer.Documents.AbsoluteUri,
        };
        foreach (var cluster in new[] { "sample", "orders" })
        {
            all[$"ReverseProxy:Clusters:{cluster}:Destinations:first:Address"] = backend.AbsoluteUri;
            all[$"ReverseProxy:Clusters:{cluster}:Destinations:second:Address"] = backend.AbsoluteUri;
        }

        foreach (var (key, value) in settings ?? new Dictionary<string, string?>()) all[key] = value;

        return await StartAsync(all, time);
    }

    /// <summary>The gateway with nothing but the configuration of this folder.</summary>
    /// <param name="folder">Has <c>appsettings.json</c> and whatever that names.</param>
    /// <param name="settings">Overrides of it.</param>
    /// <param name="time">A clock to advance; default the system's.</param>
    public static Task<GatewayApp> StartOnAsync(TestFolder folder, IReadOnlyDictionary<string, string?> settings, TimeProvider? time = null) =>
        StartAsync(new Dictionary<string, string?>(settings) { ["contentRoot"] = folder.FullPath, ["Kestrel:Endpoints:Management:Url"] = "http://127.0.0.1:0" }, time);

    private static async Task<GatewayApp> StartAsync(Dictionary<string, string?> settings, TimeProvider? time)
    {
        var app = new GatewayApp(settings, time);
        app.StartServer();
        foreach (var address in app.Addresses.Where(a => a.Scheme == "http"))
        {
            using var client = Client.For(address);
            using var answer = await client.GetAsync(new Uri("/health/live", UriKind.Relative));
            if (answer.IsSuccessStatusCode) app.ManagementAddress = address;
            if (answer.StatusCode == HttpStatusCode.BadRequest) app.Http2Address = address;
        }

        return app;
    }
}
