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

    private static IEnumerable<string> Faults(AccessTokenOptions options) => Validator.Validate(null, options).Failures ?? [];
}
