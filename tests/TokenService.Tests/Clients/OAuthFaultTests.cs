using FrontDoor.TestKit;
using FrontDoor.TokenService.Clients;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Xunit;

namespace FrontDoor.TokenService.Tests.Clients;

public sealed class OAuthFaultTests
{
    [Theory]
    [InlineData("/oauth/token")]
    [InlineData("/oauth/revoke/")]
    [InlineData("/oauth/introspect")]
    public async Task FaultOfTheService_IsSaidInTheWordsOfOAuth(string path)
    {
        await using var app = TokenServiceApp.Start(services: services => services.RemoveAll<ClientAuthentication>());
        using var client = new TokenClient(app.Address);
        var answer = await client.PostAsync(path, new FormUrlEncodedContent([new("grant_type", "client_credentials")]), OAuthClient.Basic("billing:secret"));
        answer.Is(500, """{"error":"server_error","error_description":"An unexpected error occurred."}""");
        Assert.Equal(("application/json", "no-store"), (answer.Header("Content-Type"), answer.Header("Cache-Control")));
    }
}
