using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.Authorization;

/// <summary>A gateway with a route <c>/&lt;policy&gt;/…</c> for each policy.</summary>
public sealed class PolicyGateway : IAsyncLifetime
{
    /// <summary>In the order of the columns of <see cref="TokensAndRoutesTests"/>.</summary>
    public static readonly string[] Policies =
        ["any", "read", "either", "admin", "realm", "sales", "dotted", "level", "active", "team", "get", "both", "one", "deep", "trial"];

    private const string Settings = """
        {
          "AllowedHosts": "*",
          "Kestrel": { "Endpoints": { "Public": { "Url": "http://127.0.0.1:0" } } },
          "Policies": {
            "read": { "Scopes": { "All": [ "orders:read" ] } },
            "either": { "Scopes": { "Any": [ "orders:read", "orders:write" ] } },
            "admin": { "Roles": { "Any": [ "admin" ] } },
            "realm": { "Claims": [ { "Claim": "realm_access.roles", "Contains": "boss" } ] },
            "sales": { "Claims": [ { "Claim": "department", "Equals": "sales" } ] },
            "dotted": { "Claims": [ { "Claim": "https://example.com/groups", "Contains": "g1" } ] },
            "level": { "Claims": [ { "Claim": "level", "Matches": "[3-9]" } ] },
            "active": { "Claims": [ { "Claim": "profile.active", "Equals": "true" } ] },
            "team": { "Claims": [ { "Claim": "teams.name", "Contains": "red" }, { "Claim": "teams.name", "Contains": "blue" } ] },
            "get": { "Methods": [ "GET" ], "Roles": { "All": [ "user" ] } },
            "both": { "AllOf": [ "read", "admin" ] },
            "one": { "AnyOf": [ "admin", "read" ] },
            "deep": { "AllOf": [ "one", "sales-or-get" ] },
            "sales-or-get": { "AnyOf": [ "sales", "get" ] },
            "trial": { "AllOf": [ "both" ], "DryRun": true }
          },
          "ReverseProxy": { "Routes": { ROUTES }, "Clusters": { "c": {} } }
        }
        """;

    private readonly TestFolder _folder = new();

    public FakeIssuer Issuer { get; private set; } = null!;

    public TestServer Backend { get; private set; } = null!;

    public GatewayApp App { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Issuer = await FakeIssuer.StartAsync();
        Backend = await TestServer.StartAsync();
        var routes = Policies.Select(p => $$"""
            "{{p}}": { "ClusterId": "c", "AuthorizationPolicy": "{{(p == "any" ? "Default" : p)}}", "Match": { "Path": "/{{p}}/{**rest}" } }
            """);
        _folder.Write("appsettings.json", Settings.Replace("ROUTES", string.Join(",", routes), StringComparison.Ordinal));
        App = await GatewayApp.StartOnAsync(_folder, new Dictionary<string, string?>
        {
            ["Issuers:main:Issuer"] = Issuer.Trust.Issuer,
            ["Issuers:main:MetadataAddress"] = new Uri(Issuer.Trust.Documents, "/.well-known/openid-configuration").AbsoluteUri,
            ["Issuers:main:Audiences:0"] = FakeIssuer.Audience,
            ["ReverseProxy:Clusters:c:Destinations:d:Address"] = Backend.Address.AbsoluteUri,
        });
    }

    public async Task<HttpResponseMessage> SendAsync(string method, string path, string? authorization)
    {
        using var client = Client.For(App.Address);
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (authorization is not null) request.Headers.TryAddWithoutValidation("Authorization", authorization);
        return await client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        await Backend.DisposeAsync();
        await Issuer.DisposeAsync();
        _folder.Dispose();
    }
}
