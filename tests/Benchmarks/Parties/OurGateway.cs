using System.Text.Json;
using FrontDoor.Benchmarks.Processes;

namespace FrontDoor.Benchmarks.Parties;

/// <summary>
/// Our gateway, published as its Dockerfile does, with every stage on: access log (to a file), metrics, a rate limit on each route, identity headers,
/// the resilience pipeline. Nothing is switched off or tuned that is not the default.
/// </summary>
internal static class OurGateway
{
    public static readonly Party Party = new("our gateway", [Tool.Nginx], bench => StartAsync(bench, routes: 0));

    /// <summary>With so many routes beside the ones that are measured.</summary>
    public static Party WithRoutes(int routes) => new($"{routes:N0} routes", [Tool.Nginx], bench => StartAsync(bench, routes));

    /// <summary>One that believes this token service as well and follows its feed of revocations.</summary>
    public static Party Following(Party service, string feedKeyFile) => new($"our gateway, following {service.Name}", [Tool.Nginx], async bench =>
    {
        var followed = (await bench.StartAsync(service)).Address;
        return await StartAsync(bench, routes: 0, new
        {
            Issuer = OurTokenService.Issuer, Audiences = new[] { TokenKeys.Audience }, MetadataAddress = new Uri(followed, "/.well-known/openid-configuration"),
            Revocations = new { FeedAddress = new Uri(followed, "/revocations/feed"), KeyFile = feedKeyFile },
        });
    });

    private static async Task<Running> StartAsync(Bench bench, int routes, object? issuer = null)
    {
        var backEnd = await bench.StartAsync(BackEnd.Party);
        var (program, config, address, secure) = await PrepareAsync(bench, backEnd.Address, routes, issuer);
        var process = ServerProcess.Start(bench.Workspace, "gateway", "dotnet", [program, "--config", config]);
        return new Running(address, [await process.ReadyAsync(new Uri(address, "/1k.html"))], secure);
    }

    /// <summary>A configuration and where it will listen.</summary>
    public static async Task<(string Program, string Config, Uri Address, Uri Secure)> PrepareAsync(Bench bench, Uri backEnd, int routes = 0, object? issuer = null)
    {
        var program = await bench.PublishedAsync("gateway");
        var (plain, secure, management) = (Workspace.FreePort(), Workspace.FreePort(), Workspace.FreePort());
        var keys = bench.Workspace.Keys;
        var issuers = new Dictionary<string, object>
        {
            ["es"] = new { Issuer = TokenKeys.Issuer("ES256"), Audiences = new[] { TokenKeys.Audience }, KeysFile = keys.KeyFile("ES256") },
            ["rs"] = new { Issuer = TokenKeys.Issuer("RS256"), Audiences = new[] { TokenKeys.Audience }, KeysFile = keys.KeyFile("RS256"), Algorithms = new[] { "RS256" } },
            ["hs"] = new { Issuer = TokenKeys.Issuer("HS256"), Audiences = new[] { TokenKeys.Audience }, SecretFile = keys.KeyFile("HS256") },
        };
        if (issuer is not null) issuers["token-service"] = issuer;
        var config = new
        {
            Kestrel = new
            {
                Endpoints = new Dictionary<string, object>
                {
                    ["Public"] = new { Url = $"http://127.0.0.1:{plain}" },
                    ["Secure"] = new { Url = $"https://127.0.0.1:{secure}" },
                    ["Management"] = new { Url = $"http://127.0.0.1:{management}" },
                },
            },
            AllowedHosts = "localhost;127.0.0.1",
            Tls = new { Certificates = new[] { new { keys.CertificateFile, KeyFile = keys.CertificateKeyFile } } },
            StaticSites = new { web = new { Root = bench.Workspace.Www } },
            Issuers = issuers,
            // The highest count there is, so that the limit works and never refuses; and one that always does.
            RateLimits = new Dictionary<string, object>
            {
                ["each-address"] = new { Permits = 1_000_000, Window = "00:00:01" },
                ["none-left"] = new { Permits = 1, Window = "01:00:00" },
            },
            ReverseProxy = new
            {
                Routes = Routes(routes),
                Clusters = new { backend = new { Destinations = new { one = new { Address = backEnd.ToString() } } } },
            },
            Logging = new
            {
                LogLevel = new Dictionary<string, string> { ["Default"] = "Information", ["Microsoft.AspNetCore"] = "Warning", ["Yarp"] = "Warning" },
                Console = new { FormatterName = "simple", FormatterOptions = new { SingleLine = true, TimestampFormat = "HH:mm:ss " } },
            },
        };
        var file = bench.Workspace.Write("gateway.json", JsonSerializer.Serialize(config));
        return (program, file, new Uri($"http://127.0.0.1:{plain}"), new Uri($"https://127.0.0.1:{secure}"));
    }

    private static Dictionary<string, object> Routes(int more)
    {
        var routes = new Dictionary<string, object>
        {
            ["open"] = Route("/open/{**rest}", "Anonymous", "each-address"),
            ["api"] = Route("/api/{**rest}", "Default", "each-address"),
            ["limited"] = Route("/limited/{**rest}", "Anonymous", "none-left"),
        };
        for (var i = 0; i < more; i++) routes[$"route-{i}"] = Route($"/service-{i}/{{**rest}}", "Default", "each-address");
        return routes;
    }

    private static object Route(string path, string policy, string limit) =>
        new { ClusterId = "backend", AuthorizationPolicy = policy, RateLimiterPolicy = limit, Match = new { Path = path } };
}
