using System.Net;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.Authentication;

/// <summary>Tokens of the shapes that Keycloak, Auth0 and Entra issue, with the settings that README shows.</summary>
public sealed class ProviderShapeTests
{
    private const string KeycloakClaims = """
        { "sub": "f3a1", "aud": [ "front-door", "account" ], "typ": "Bearer", "azp": "web", "preferred_username": "ada", "scope": "openid orders:read",
          "realm_access": { "roles": [ "admin", "offline_access" ] }, "resource_access": { "my.web-app": { "roles": [ "clerk" ] } } }
        """;

    [Fact]
    public async Task Keycloak_RolesAreNestedAndTypIsJwt()
    {
        await using var keycloak = await ProviderIssuer.StartAsync("/realms/demo");
        await using var gateway = await ClockedGateway.StartAsync(keycloak.Settings(
            ("Audiences:0", "front-door"), ("Types:0", "JWT"), ("Claims:Name", "preferred_username"), ("Claims:Roles", "realm_access.roles"), ("Claims:Client", "azp")));
        var forwarded = await gateway.AcceptsAsync(keycloak.Token(KeycloakClaims));
        Assert.Equal("f3a1|ada|admin,offline_access|openid,orders:read|web", Identity(forwarded));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(gateway, "/api/admin/x", keycloak.Token(KeycloakClaims)));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(gateway, "/api/orders/1", keycloak.Token(KeycloakClaims)));

        // The token's own roles count no longer.
        var other = KeycloakClaims.Replace("\"admin\", ", "", StringComparison.Ordinal).Replace("\"azp\"", "\"roles\": [ \"admin\" ], \"azp\"", StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(gateway, "/api/admin/x", keycloak.Token(other)));
        await gateway.RefusesAsync(keycloak.Token(KeycloakClaims, typ: "at+jwt"), "a type that is not configured", "Token has wrong type");
        await gateway.RefusesAsync(keycloak.Token(KeycloakClaims, kid: "enc"), "the key for encryption");
        await gateway.RefusesAsync(keycloak.Token(KeycloakClaims, kid: null), "no kid");
    }

    [Theory]
    [InlineData("\"ID\"")]
    [InlineData("\"Refresh\"")]
    [InlineData("\"Offline\"")]
    [InlineData("\"DPoP\"")]
    [InlineData("\"bearer\"")]
    [InlineData("7")]
    [InlineData("[\"Bearer\"]")]
    public async Task Keycloak_OtherTokensAreNoAccessTokens(string typ)
    {
        await using var keycloak = await ProviderIssuer.StartAsync("/realms/demo");
        await using var gateway = await ClockedGateway.StartAsync(keycloak.Settings(("Audiences:0", "front-door"), ("Types:0", "JWT")));
        await gateway.RefusesAsync(keycloak.Token(KeycloakClaims.Replace("\"Bearer\"", typ, StringComparison.Ordinal)), typ, "Token has wrong type");
    }

    [Fact]
    public async Task Keycloak_ClientRolesBelowANameWithDots()
    {
        await using var keycloak = await ProviderIssuer.StartAsync("/realms/demo");
        await using var gateway = await ClockedGateway.StartAsync(keycloak.Settings(
            ("Audiences:0", "front-door"), ("Types:0", "JWT"), ("Claims:Roles", "resource_access.my.web-app.roles")));
        Assert.Equal("clerk", (await gateway.AcceptsAsync(keycloak.Token(KeycloakClaims))).Header("X-Forwarded-Roles"));
    }

    [Theory]
    [InlineData("JWT")]
    [InlineData("at+jwt")]
    public async Task Auth0_PermissionsAreScopesAndRolesHaveAnAddress(string typ)
    {
        await using var auth0 = await ProviderIssuer.StartAsync("", slash: true);
        await using var gateway = await ClockedGateway.StartAsync(auth0.Settings(
            ("Audiences:0", "https://api.example.com"), ("Types:0", "at+jwt"), ("Types:1", "JWT"),
            ("Claims:Roles", "https://example.com/roles"), ("Claims:Scopes", "permissions"), ("Claims:Client", "azp")));
        var token = auth0.Token(
            """
            { "sub": "auth0|507f", "aud": [ "https://api.example.com", "https://x.auth0.com/userinfo" ], "azp": "web", "scope": "openid profile",
              "permissions": [ "orders:read" ], "https://example.com/roles": [ "admin" ] }
            """,
            typ);
        Assert.Equal("auth0|507f||admin|orders:read|web", Identity(await gateway.AcceptsAsync(token)));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(gateway, "/api/orders/1", token));
    }

    [Theory]
    [InlineData("\"orders:read files:read\"")]
    [InlineData("""["orders:read","files:read"]""")]
    public async Task Entra_ScpIsTextOrList(string scp)
    {
        await using var entra = await ProviderIssuer.StartAsync("/tenant/v2.0");
        await using var gateway = await ClockedGateway.StartAsync(entra.Settings(
            ("Audiences:0", "api-client-id"), ("Types:0", "JWT"), ("Claims:Subject", "oid"), ("Claims:Scopes", "scp"), ("Claims:Client", "azp")));
        var token = entra.Token($$"""{ "sub": "pairwise", "oid": "0f8c", "aud": "api-client-id", "azp": "web", "name": "Ada", "roles": [ "admin" ], "scp": {{scp}} }""");
        Assert.Equal("0f8c|Ada|admin|orders:read,files:read|web", Identity(await gateway.AcceptsAsync(token)));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(gateway, "/api/orders/1", token));
    }

    [Theory]
    [InlineData("""{ "sub": "s", "aud": "x" }""", ProblemAssert.NoUser)]
    [InlineData("""{ "sub": "s", "aud": "x", "oid": "" }""", ProblemAssert.NoUser)]
    [InlineData("""{ "sub": "s", "aud": "x", "oid": null }""", ProblemAssert.NoUser)]
    [InlineData("""{ "sub": "s", "aud": "x", "oid": [ "a", "b" ] }""", ProblemAssert.NoUser)]
    [InlineData("""{ "sub": "s", "aud": "x", "oid": { "a": "b" } }""", ProblemAssert.NoUser)]
    [InlineData("""{ "sub": "s", "aud": "x", "oid": true }""", ProblemAssert.NoUser)]
    [InlineData("""{ "sub": "s", "aud": "x", "oid": "\ud800" }""", "Token is invalid")]
    public async Task MappedSubjectThatIsNotOneText_IsRefused(string claims, string message)
    {
        await using var entra = await ProviderIssuer.StartAsync("/tenant/v2.0");
        await using var gateway = await ClockedGateway.StartAsync(entra.Settings(("Audiences:0", "x"), ("Types:0", "JWT"), ("Claims:Subject", "oid")));
        await gateway.RefusesAsync(entra.Token(claims), claims, message);
        await gateway.AcceptsAsync(entra.Token("""{ "aud": "x", "oid": "a" }"""));
    }

    [Fact]
    public async Task NestedClaimThatIsNoText_IsRefusedAndBreaksNothing()
    {
        await using var keycloak = await ProviderIssuer.StartAsync("/realms/demo");
        await using var gateway = await ClockedGateway.StartAsync(keycloak.Settings(("Audiences:0", "x"), ("Types:0", "JWT"), ("Claims:Roles", "realm_access.roles")));
        await gateway.RefusesAsync(keycloak.Token("""{ "sub": "s", "aud": "x", "realm_access": { "roles": [ "a", "\ud800" ] } }"""), "half a surrogate pair");
        await gateway.AcceptsAsync(keycloak.Token("""{ "sub": "s", "aud": "x", "realm_access": 7 }"""));
    }

    [Fact]
    public async Task MaxLifetime_RefusesLongerOnesAndThoseWithoutABeginning()
    {
        await using var gateway = await ClockedGateway.StartAsync(new() { ["Issuers:token-service:MaxLifetime"] = "00:05:00" });
        await gateway.AcceptsAsync(gateway.Issuer.Token());
        await gateway.RefusesAsync(gateway.Issuer.Token(c => c["iat"] = (long)c["iat"]! - 1), "a second too long");
        await gateway.RefusesAsync(gateway.Issuer.Token(c => c.Remove("iat")), "no iat");
        await gateway.RefusesAsync(gateway.Issuer.Token(c => c["iat"] = -1e300), "older than time");
        // Five minutes that begin in ten years, and a token that is good from now on.
        await gateway.RefusesAsync(gateway.Issuer.Token(c => (c["iat"], c["exp"]) = ((long)c["iat"]! + 315_360_000, (long)c["exp"]! + 315_360_000)), "issued in the future");
        // By its own clock, which stands still meanwhile.
        var soon = gateway.Clock.GetUtcNow().AddSeconds(3).ToUnixTimeSeconds();
        await gateway.AcceptsAsync(gateway.Issuer.Token(c => (c["iat"], c["exp"]) = (soon, soon + 300)));
    }

    private static string Identity(ReceivedRequest request) => string.Join('|', new[] { "User", "Name", "Roles", "Scopes", "Client" }.Select(n => Uri.UnescapeDataString(request.Header($"X-Forwarded-{n}") ?? "")));

    private static async Task<HttpStatusCode> StatusAsync(ClockedGateway gateway, string path, string token)
    {
        using var client = Client.For(gateway.App.Address);
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Authorization = new("Bearer", token) } };
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }
}
