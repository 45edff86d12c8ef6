using FrontDoor.Gateway.CrossOrigin;
using Xunit;

namespace FrontDoor.Gateway.Tests.CrossOrigin;

public sealed class CorsOptionsTests
{
    [Fact]
    public void FaultyPolicies_AreAllReportedAtOnce()
    {
        var result = new CorsOptionsValidator().Validate(null, new CorsPoliciesOptions
        {
            ["none"] = new(),
            ["disable"] = new() { Origins = ["*"] },
            ["open"] = new() { Origins = ["*"], Headers = ["*"], Credentials = true },
            ["mixed"] = new() { Origins = ["*", "https://a.test"] },
            ["names"] = new() { Origins = ["https://a.test"], Methods = ["GET POST"], ExposedHeaders = [""] },
            ["long"] = new() { Origins = ["https://a.test"], MaxAge = TimeSpan.FromDays(2) },
            ["good"] = new() { Origins = ["https://a.test", "http://localhost:5173", "https://*.b.test", "http://[::1]:81"], Methods = ["PUT"], Credentials = true },
        });
        Assert.Equal(
            [
                "Cors:none:Origins is missing; it names at least one origin such as https://app.example.com",
                "Cors:disable has a reserved name; Disable means no policy",
                "Cors:open:Origins is *, which Credentials does not go with; name them",
                "Cors:open:Headers is *, which Credentials does not go with; name them",
                "Cors:mixed:Origins has * and others; * means any",
                "Cors:names:Methods has 'GET POST', which is not a name",
                "Cors:names:ExposedHeaders has '', which is not a name",
                "Cors:long:MaxAge is 2.00:00:00; it must be from 00:00:00 to 1.00:00:00",
            ],
            result.Failures);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("a.test")]
    [InlineData("https://a.test/")]
    [InlineData("https://a.test:443")]
    [InlineData("https://A.test")]
    [InlineData("https://me@a.test")]
    [InlineData("https://bücher.test")]
    [InlineData("https://*")]
    [InlineData("ftp://a.test")]
    public void WhatNoBrowserSends_IsNoOrigin(string origin) => Assert.StartsWith(
        $"Cors:x:Origins has '{origin}'", Assert.Single(new CorsOptionsValidator().Validate(null, new() { ["x"] = new() { Origins = [origin] } }).Failures!), StringComparison.Ordinal);
}
