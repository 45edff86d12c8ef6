using FrontDoor.Gateway.Authentication;
using FrontDoor.Gateway.Tests.Configuration;
using Xunit;

namespace FrontDoor.Gateway.Tests.Authentication;

public sealed class CredentialsOptionsTests(SharedGateway gateway)
{
    [Theory]
    [InlineData("https://app.example.com")]
    [InlineData("http://localhost:3000")]
    public void SoundSettings_HaveNoFaults(string origin) => Assert.Empty(Faults(new() { Cookie = "__Host-access", Query = "access_token", Origins = [origin] }));

    [Theory]
    [InlineData("https://app.example.com/")]
    [InlineData("https://app.example.com/path")]
    [InlineData("https://App.example.com")]
    [InlineData("https://app.example.com:443")]
    [InlineData("https://user@app.example.com")]
    [InlineData("app.example.com")]
    [InlineData("null")]
    [InlineData("*")]
    public void WhatIsNoOrigin_IsNamed(string origin) => Assert.StartsWith($"Credentials:Routes:r:Origins has '{origin}'", Assert.Single(Faults(new() { Cookie = "c", Origins = [origin] })), StringComparison.Ordinal);

    [Fact]
    public void EachFault_IsNamedWithItsPath()
    {
        Assert.Equal(["Credentials:Routes:r names neither a Cookie nor a Query parameter"], Faults(new()));
        Assert.Equal(["Credentials:Routes:r:Cookie is 'a b'; it must be a name without spaces and separators"], Faults(new() { Cookie = "a b" }));
        Assert.Equal(["Credentials:Routes:r:Query is ''; it must be a name without spaces and separators"], Faults(new() { Query = "" }));
        Assert.Equal(["Credentials:Routes:r:Origins is of no use without a Cookie"], Faults(new() { Query = "q", Origins = ["https://a.test"] }));
    }

    [Fact]
    public void RouteThatIsNotThereOrTakesNoToken_IsNamed()
    {
        Assert.Empty(Read.Faults(gateway.App, ("Credentials:Routes:A:Cookie", "c")));
        Assert.Equal(
            ["Credentials:Routes:ab is for a route that ReverseProxy:Routes does not have; did you mean a?"], Read.Faults(gateway.App, ("Credentials:Routes:ab:Cookie", "c")));
        Assert.Equal(
            ["Credentials:Routes:a is for a route that takes no token; its policy is Anonymous"],
            Read.Faults(gateway.App, ("Credentials:Routes:a:Cookie", "c"), ("ReverseProxy:Routes:a:AuthorizationPolicy", "anonymous")));
    }

    private static string[] Faults(RouteCredentials route) => [.. new CredentialsOptionsValidator().Validate(null, new CredentialsOptions { Routes = new Dictionary<string, RouteCredentials> { ["r"] = route } }).Failures ?? []];
}
