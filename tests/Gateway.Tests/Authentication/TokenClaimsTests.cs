using System.Text.Json;
using FrontDoor.Gateway.Authentication;
using Xunit;

namespace FrontDoor.Gateway.Tests.Authentication;

public sealed class TokenClaimsTests
{
    private static readonly JsonElement Payload = JsonElement.Parse("""
        {"sub":"s","scope":"a  b","roles":["admin",7,null],"realm":{"roles":["x"]},"flag":true,"empty":null,"number":1.0}
        """);

    [Theory]
    [InlineData("sub", "s")]
    [InlineData("scope", "a|b")]
    [InlineData("roles", "admin|7")]
    [InlineData("realm.roles", "x")]
    [InlineData("realm", """{"roles":["x"]}""")]
    [InlineData("flag", "true")]
    [InlineData("number", "1.0")]
    [InlineData("empty", "")]
    [InlineData("absent", "")]
    public void Claim_IsAListOfText(string path, string expected)
    {
        var claims = new TokenClaims(Payload);
        Assert.Equal(expected, string.Join('|', claims.Read(path)));
        Assert.Equal(expected, string.Join('|', claims.At(path)));
        Assert.Same(claims.At(path), claims.At(path));
    }

    [Fact]
    public void ScopesAsAList_AreTheSame() => Assert.Equal(["a", "b", "c"], new TokenClaims(JsonElement.Parse("""{"scope":["a","b c"]}""")).Scopes);

    [Fact]
    public void RenamedClaim_HidesWhatTheTokenSaysThereAndBelow()
    {
        var claims = new TokenClaims(
            JsonElement.Parse("""{"roles":["admin"],"roles.x":"dotted","rolesx":"other","scope":"all"}"""), new Dictionary<string, string[]> { ["roles"] = ["reader"], ["scope"] = ["r w"] });
        Assert.Equal(["reader"], claims.Roles);
        Assert.Empty(claims.At("roles.x"));
        Assert.Equal(["other"], claims.At("rolesx"));
        Assert.Equal(["r", "w"], claims.Scopes);
    }

    [Fact]
    public void NobodysClaims_AreNone()
    {
        var nobody = TokenClaims.Of(new System.Security.Claims.ClaimsPrincipal());
        Assert.Empty(nobody.At("sub"));
        Assert.Empty(nobody.Scopes);
        Assert.Empty(nobody.All);
    }
}
