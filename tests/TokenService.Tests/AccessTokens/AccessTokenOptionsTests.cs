using FrontDoor.TokenService.AccessTokens;
using Xunit;

namespace FrontDoor.TokenService.Tests.AccessTokens;

public sealed class AccessTokenOptionsTests
{
    private static readonly AccessTokenOptionsValidator Validator = new();

    [Fact]
    public void Defaults_AreLegal() => Assert.Empty(Faults(new AccessTokenOptions()));

    [Theory]
    [InlineData("https://example.com")]
    [InlineData("https://example.com/base")]
    [InlineData("http://localhost:8080")]
    public void HttpIssuer_IsLegal(string issuer) => Assert.Empty(Faults(new AccessTokenOptions { Issuer = issuer }));

    [Theory]
    [InlineData("")]
    [InlineData("example.com")]
    [InlineData("ftp://example.com")]
    [InlineData("https://example.com/")]
    [InlineData("https://example.com?a=b")]
    [InlineData("https://example.com#a")]
    [InlineData("/local")]
    public void OtherIssuer_IsRefused(string issuer) => Assert.Equal(
        [$"AccessTokens:Issuer is '{issuer}'; it must be an http(s) address without query, fragment or trailing slash"],
        Faults(new AccessTokenOptions { Issuer = issuer }));

    [Theory]
    [InlineData(1, true)]
    [InlineData(3600, true)]
    [InlineData(0, false)]
    [InlineData(-5, false)]
    [InlineData(3601, false)]
    public void Lifetime_IsFromASecondToAnHour(int seconds, bool legal)
    {
        var lifetime = TimeSpan.FromSeconds(seconds);
        Assert.Equal(legal ? [] : [$"AccessTokens:Lifetime is {lifetime}; it must be from 00:00:01 to 01:00:00"], Faults(new AccessTokenOptions { Lifetime = lifetime }));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a\"b")]
    [InlineData("a\\b")]
    [InlineData("é")]
    [InlineData("a\nb")]
    public void ScopeOutsideRfc6749_IsRefused(string scope)
    {
        string[] fault = [$"AccessTokens:Scopes has '{scope}'; a scope is visible ASCII without space, quote or backslash"];
        Assert.Equal(fault, Faults(new AccessTokenOptions { Scopes = new() { Everyone = ["good", scope] } }));
        Assert.Equal(fault, Faults(new AccessTokenOptions { Scopes = new() { ByRole = new Dictionary<string, IReadOnlyList<string>> { ["r"] = [scope] } } }));
    }

    [Theory]
    [InlineData("email", "Email")]
    [InlineData("https://example.com/tenant", "claim:tenant")]
    [InlineData("realm.groups", "claim:http://schemas.example.com/group#1")]
    public void ClaimFromAKnownSource_IsLegal(string claim, string source) => Assert.Empty(Faults(WithClaim(claim, source)));

    [Theory]
    [InlineData("sub")]
    [InlineData("Roles")]
    [InlineData("scope")]
    [InlineData("exp")]
    [InlineData("token_type")]
    [InlineData("cnf")]
    [InlineData("client_registration")]
    [InlineData("narrowed")]
    public void ClaimOfTheServiceOrAStandard_CannotBeOverridden(string claim) => Assert.Equal(
        [$"AccessTokens:Claims:{claim} is a claim that this service sets itself or that a standard defines"], Faults(WithClaim(claim, "Email")));

    [Theory]
    [InlineData("PasswordHash")]
    [InlineData("email")]
    [InlineData("")]
    [InlineData("claim:")]
    [InlineData("claim:a'b")]
    [InlineData("claim:{0}")]
    [InlineData("claim:a\n")]
    public void OtherSourceOfAClaim_IsRefused(string source) => Assert.Equal(
        [$"AccessTokens:Claims:x is '{source}'; legal values are UserName, DisplayName, Email, EmailConfirmed, PhoneNumber and claim:<type>"],
        Faults(WithClaim("x", source)));

    [Theory]
    [InlineData("a b")]
    [InlineData("é")]
    public void NameOfAClaim_IsPlain(string claim) => Assert.Equal(
        [$"AccessTokens:Claims has '{claim}'; a name is 1 to 128 letters, digits or _ . : / # -"], Faults(WithClaim(claim, "Email")));

    [Fact]
    public void SeveralFaults_AreAllReported() =>
        Assert.Equal(4, Faults(new AccessTokenOptions { Issuer = "x", Audience = " ", Lifetime = TimeSpan.Zero, Scopes = new() { Everyone = ["a b"] } }).Count());

    [Fact]
    public void Scopes_AreEachOnceInAStableOrder()
    {
        var scopes = new ScopeOptions
        {
            Everyone = ["z", "b"],
            ByRole = new Dictionary<string, IReadOnlyList<string>> { ["admin"] = ["a", "b"], ["other"] = ["never"] },
        };
        Assert.Equal(["a", "b", "z"], scopes.Of(["admin", "admin", "unknown"]));
        Assert.Equal(["b", "z"], scopes.Of([]));
    }

    private static AccessTokenOptions WithClaim(string claim, string source) => new() { Claims = new Dictionary<string, string> { [claim] = source } };

    private static IEnumerable<string> Faults(AccessTokenOptions options) => Validator.Validate(null, options).Failures ?? [];
}
