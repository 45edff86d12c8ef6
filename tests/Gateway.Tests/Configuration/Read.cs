using FrontDoor.Gateway.Configuration;
using FrontDoor.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace FrontDoor.Gateway.Tests.Configuration;

/// <summary>What the reader of a gateway makes of settings.</summary>
internal static class Read
{
    /// <summary>A route and its cluster, without a fault.</summary>
    public static Dictionary<string, string?> Sound => new()
    {
        ["ReverseProxy:Routes:a:ClusterId"] = "c",
        ["ReverseProxy:Routes:a:Match:Path"] = "/a",
        ["ReverseProxy:Clusters:c:Destinations:d:Address"] = "http://127.0.0.1:9",
        ["Policies:admin:Roles:Any:0"] = "admin",
        ["RateLimits:tight:Permits"] = "1",
        ["Issuers:main:Issuer"] = "https://issuer.test",
        ["Issuers:main:Audiences:0"] = "front-door",
    };

    public static IReadOnlyList<string> Faults(GatewayApp app, params (string Path, string? Value)[] settings) => From(app, settings).Faults;

    public static GatewayConfig Config(GatewayApp app, params (string Path, string? Value)[] settings) => From(app, settings).Config!;

    private static (GatewayConfig? Config, IReadOnlyList<string> Faults) From(GatewayApp app, (string Path, string? Value)[] settings)
    {
        var all = Sound;
        foreach (var (path, value) in settings.Where(s => s.Value is not null)) all[path] = value;
        var text = new SettingsText(all);
        return app.Services.GetRequiredService<ConfigReader>().Read(text);
    }
}
