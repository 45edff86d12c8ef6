using FrontDoor.Gateway.Configuration;
using FrontDoor.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace FrontDoor.Gateway.Tests.Configuration;

/// <summary>What the reader of a gateway makes of settings.</summary>
internal static class Read
{
    /// <summary>Two routes and their cluster, without a fault.</summary>
    public static Dictionary<string, string?> Sound => new()
    {
        ["ReverseProxy:Routes:a:ClusterId"] = "c",
        ["ReverseProxy:Routes:a:Match:Path"] = "/a",
        ["ReverseProxy:Clusters:c:Destinations:d:Address"] = "http://127.0.0.1:9",
        ["Policies:admin:Roles:Any:0"] = "admin",
        ["ReverseProxy:Routes:open:ClusterId"] = "c",
        ["ReverseProxy:Routes:open:AuthorizationPolicy"] = "Anonymous",
        ["ReverseProxy:Routes:open:Match:Path"] = "/open",
        ["RateLimits:tight:Permits"] = "1",
        ["Caching:public:MaxAge"] = "00:01:00",
        ["Caching:own:PerUser"] = "true",
        ["RateLimits:personal:Permits"] = "1",
        ["RateLimits:personal:By"] = "User",
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
