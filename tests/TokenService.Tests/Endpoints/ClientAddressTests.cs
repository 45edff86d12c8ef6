using System.Text.Json;
using FrontDoor.TestKit;
using FrontDoor.TokenService.Endpoints;
using Xunit;

namespace FrontDoor.TokenService.Tests.Endpoints;

public sealed class ClientAddressTests
{
    [Theory]
    [InlineData(null, "203.0.113.7", "203.0.113.7")] // this machine is trusted by default
    [InlineData(null, "198.51.100.1, 203.0.113.7", "203.0.113.7")] // the last is the gateway's word, the first the client's
    [InlineData(null, "2001:db8::1", "2001:db8::1")]
    [InlineData(null, "not an address", "127.0.0.1")]
    [InlineData(null, null, "127.0.0.1")]
    [InlineData("127.0.0.0/8", "203.0.113.7", "203.0.113.7")]
    [InlineData("10.0.0.0/8", "203.0.113.7", "127.0.0.1")] // a stranger's header
    public async Task ForwardedFor_CountsFromTrustedNetworksAlone(string? trusted, string? forwarded, string listed)
    {
        var settings = new Dictionary<string, string?>();
        if (trusted is not null) settings["Endpoints:TrustedProxies:0"] = trusted;
        await using var app = TokenServiceApp.Start(settings);
        using var client = new TokenClient(app.Address);
        var request = new HttpRequestMessage(HttpMethod.Post, "/api/token/")
        {
            Content = new FormUrlEncodedContent([new("username", "alice"), new("password", TokenServiceApp.Password)]),
        };
        if (forwarded is not null) request.Headers.TryAddWithoutValidation("X-Forwarded-For", forwarded);
        var pair = await client.SendAsync(request);

        var session = Assert.Single(JsonElement.Parse((await client.SendAsync(HttpMethod.Get, "/api/sessions", pair.Access)).Succeeded().Body).EnumerateArray());
        Assert.Equal(listed, session.GetProperty("address").GetString());
    }

    [Fact]
    public void TrustedProxies_AreNetworks()
    {
        var validator = new EndpointOptionsValidator();
        Assert.True(validator.Validate(null, new EndpointOptions()).Succeeded);
        Assert.True(validator.Validate(null, new EndpointOptions { TrustedProxies = ["10.0.0.0/8", "fd00::/8"] }).Succeeded);
        Assert.Equal(
            ["Endpoints:TrustedProxies has 'gateway'; a network is written like 10.0.0.0/8 or fd00::/8",
                "Endpoints:TrustedProxies has '10.0.0.0/99'; a network is written like 10.0.0.0/8 or fd00::/8"],
            validator.Validate(null, new EndpointOptions { TrustedProxies = ["gateway", "10.0.0.0/99"] }).Failures);
    }
}
