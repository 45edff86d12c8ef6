using System.Net;
using System.Net.Http.Headers;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.Authentication;

/// <summary>A gateway that lets sliding tokens in; the shared one, which does not, refuses them in <see cref="RefusedClaimTests"/>.</summary>
public sealed class SlidingTokenTests
{
    [Theory]
    [InlineData("st+jwt", "sliding", HttpStatusCode.OK)]
    [InlineData("application/ST+JWT", "sliding", HttpStatusCode.OK)]
    [InlineData("at+jwt", "access", HttpStatusCode.OK)]
    [InlineData("at+jwt", "sliding", HttpStatusCode.Unauthorized)]
    [InlineData("st+jwt", "refresh", HttpStatusCode.Unauthorized)]
    [InlineData("rt+jwt", "sliding", HttpStatusCode.Unauthorized)]
    public async Task TypeAndKind_MustAgree(string type, string kind, HttpStatusCode status)
    {
        await using var issuer = await FakeIssuer.StartAsync();
        await using var backend = await TestServer.StartAsync();
        await using var app = await GatewayApp.StartAsync(issuer.Trust, backend.Address, new Dictionary<string, string?>
        {
            ["Issuers:token-service:Types:0"] = "at+jwt",
            ["Issuers:token-service:Types:1"] = "st+jwt",
        });
        using var client = Client.For(app.Address);
        using var request = new HttpRequestMessage(HttpMethod.Get, SharedGateway.ProtectedPath());
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", issuer.Token(c => c["token_type"] = kind, h => h["typ"] = type));
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(status, answer.StatusCode);
    }
}
