using System.Text.Json;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.TokenService.Tests.AccessTokens;

public sealed class TokenContentTests(ClockedAppFixture service) : IClassFixture<ClockedAppFixture>
{
    private const string Issuer = "http://localhost:8080";

    private static readonly string[] AccessClaims =
        ["iss", "sub", "aud", "exp", "iat", "jti", "sid", "token_type", "user_id", "name", "roles", "scope"];

    [Fact]
    public async Task Header_NamesAlgorithmKeyAndType()
    {
        var pair = await service.Client.ObtainAsync();
        var kid = JsonElement.Parse((await service.Client.GetAsync("/.well-known/jwks.json")).Body).GetProperty("keys")[0].GetProperty("kid").GetString();
        AssertHeader(pair.Access, kid, "at+jwt");
        AssertHeader(pair.Refresh, kid, "rt+jwt");
    }

    [Fact]
    public async Task AccessToken_HasExactlyTheClaimsOfTheContract()
    {
        var token = Jwt.Read((await service.Client.ObtainAsync()).Access);
        var now = service.Clock.GetUtcNow().ToUnixTimeSeconds();

        Assert.Equal(AccessClaims, token.Names);
        Assert.Equal((Issuer, "front-door", "access"), (token.Claim("iss"), token.Claim("aud"), token.Claim("token_type")));
        Assert.Equal((now, now + 300), (token.Time("iat"), token.Time("exp")));
        Assert.Matches("^[0-9a-f]{32}$", token.Claim("jti"));
        Assert.Matches("^[0-9a-f]{32}$", token.Claim("sid"));
        Assert.Equal(("Alice Äpfel", "[]", "orders:read"), (token.Claim("name"), token.Claim("roles"), token.Claim("scope")));
        Assert.Equal(token.Claim("sub"), token.Claim("user_id"));
        Assert.NotEmpty(token.Claim("sub")!);
    }

    [Theory]
    [InlineData("user_id")]
    [InlineData("sub")]
    [InlineData("scope")]
    public async Task TextClaims_AreJsonStrings(string claim)
    {
        var payload = JsonElement.Parse(Jwt.Read((await service.Client.ObtainAsync()).Access).Payload);
        Assert.Equal(JsonValueKind.String, payload.GetProperty(claim).ValueKind);
    }

    [Fact]
    public async Task RolesBringTheirScopes_AndNameFallsBackToTheUserName()
    {
        var token = Jwt.Read((await service.Client.ObtainAsync("root")).Access);
        Assert.Equal("""["admin"]""", token.Claim("roles"));
        Assert.Equal("orders:read orders:write", token.Claim("scope"));
        Assert.Equal("root", token.Claim("name"));
    }

    [Fact]
    public async Task RefreshToken_IsForTheIssuerItselfAndCountsFromZero()
    {
        var token = Jwt.Read((await service.Client.ObtainAsync()).Refresh);
        var now = service.Clock.GetUtcNow().ToUnixTimeSeconds();

        Assert.Equal(["iss", "aud", "exp", "iat", "jti", "sid", "ctr", "token_type", "user_id"], token.Names);
        Assert.Equal((Issuer, Issuer, "refresh", "0"), (token.Claim("iss"), token.Claim("aud"), token.Claim("token_type"), token.Claim("ctr")));
        Assert.Equal((now, now + (24 * 3600)), (token.Time("iat"), token.Time("exp")));
        Assert.Matches("^[0-9a-f]{32}$", token.Claim("jti"));
    }

    [Fact]
    public async Task ConfiguredIssuerAudienceLifetimesAndScopes_AreUsed()
    {
        await using var app = TokenServiceApp.Start(new Dictionary<string, string?>
        {
            ["AccessTokens:Issuer"] = "https://example.com/door",
            ["AccessTokens:Audience"] = "shop",
            ["AccessTokens:Lifetime"] = "00:01:30",
            ["AccessTokens:Scopes:Everyone:0"] = "b",
            ["AccessTokens:Scopes:ByRole:admin:0"] = "a",
            ["AccessTokens:Scopes:ByRole:admin:1"] = "b",
            ["RefreshTokens:Lifetime"] = "00:10:00",
        });
        using var client = new TokenClient(app.Address);
        var pair = await client.ObtainAsync("root");
        var (access, refresh) = (Jwt.Read(pair.Access), Jwt.Read(pair.Refresh));

        Assert.Equal(("https://example.com/door", "shop", "a b"), (access.Claim("iss"), access.Claim("aud"), access.Claim("scope")));
        Assert.Equal("https://example.com/door", refresh.Claim("aud"));
        Assert.Equal((90, 600), (access.Time("exp") - access.Time("iat"), refresh.Time("exp") - refresh.Time("iat")));
        (await client.RefreshAsync(pair.Refresh)).Succeeded();
    }

    private static void AssertHeader(string token, string? kid, string type)
    {
        var header = JsonElement.Parse(Jwt.Read(token).Header);
        Assert.Equal(["alg", "kid", "typ"], header.EnumerateObject().Select(p => p.Name).Order());
        Assert.Equal(("ES256", kid, type), (header.GetProperty("alg").GetString(), header.GetProperty("kid").GetString(), header.GetProperty("typ").GetString()));
    }
}
