using System.Net;
using System.Net.Http.Headers;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests;

public sealed class SmokeTests
{
    [Fact]
    public async Task ValidToken_ReachesTheBackEndWithIdentity()
    {
        await using var issuer = await FakeIssuer.StartAsync();
        await using var backend = await TestServer.StartAsync();
        await using var app = await GatewayApp.StartAsync(issuer.Trust, backend.Address);
        using var client = Client.For(app.Address);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", issuer.Token());
        using var answer = await client.GetAsync(new Uri("/api/echo/x", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("42", Assert.Single(backend.Received).Header("X-Forwarded-User"));
    }
}
