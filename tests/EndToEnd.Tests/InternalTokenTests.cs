using System.Net;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.EndToEnd.Tests;

/// <summary>A back end that believes the gateway's signature and not the network.</summary>
public sealed class InternalTokenTests
{
    [Fact]
    public async Task BackEndBelievesTheGatewayAlone()
    {
        await using var ear = await TestServer.StartAsync();
        await using var processes = await ThreeProcesses.StartAsync(
            gateway: new()
            {
                ["InternalTokens__Issuer"] = "https://gateway.test",
                ["InternalTokens__Clusters__sample__Audience"] = "shop",
                ["InternalTokens__Clusters__orders__Audience"] = "shop",
                ["ReverseProxy__Clusters__orders__Destinations__first__Address"] = ear.Address.AbsoluteUri,
            },
            backend: gateway => new()
            {
                ["InternalTokens__KeysAddress"] = new Uri(gateway, "/.well-known/gateway-jwks.json").AbsoluteUri,
                ["InternalTokens__Issuer"] = "https://gateway.test",
                ["InternalTokens__Audience"] = "shop",
            });
        using var through = new Api(processes.Gateway);
        var pair = await through.SignInAsync("alice", ThreeProcesses.Password);
        var profile = await Api.JsonAsync(await through.GetAsync("/api/profile", pair.Access, ("X-Internal-Token", "forged")));
        Assert.Equal(("alice", "https://gateway.test"), (profile.GetProperty("name").GetString(), profile.GetProperty("signedBy").GetString()));
        using var open = await through.GetAsync("/api/public/echo/x");
        Assert.Equal(HttpStatusCode.OK, open.StatusCode);

        // Somebody in the network: with an identity of his choice, with the user's own access token, with nonsense.
        using var around = new Api(processes.Backend);
        foreach (var forged in new (string, string)[][] { [("X-Forwarded-User", "1")], [("X-Forwarded-User", "1"), ("X-Internal-Token", pair.Access)], [("X-Internal-Token", "x.y.z")] })
        {
            using var refused = await around.GetAsync("/api/profile", pair.Access, forged);
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        }

        // Even with a token that was overheard: it says who and with which roles, the fields beside it do not.
        using (var overheard = await through.GetAsync("/api/orders", pair.Access)) Assert.Equal(HttpStatusCode.OK, overheard.StatusCode);
        var token = Assert.Single(ear.Received).Header("X-Internal-Token")!;
        var user = profile.GetProperty("user").GetString()!;
        var raised = await Api.JsonAsync(await around.GetAsync("/api/profile", null, ("X-Internal-Token", token), ("X-Forwarded-User", user), ("X-Forwarded-Roles", "admin")));
        Assert.Equal((user, "[]"), (raised.GetProperty("user").GetString(), raised.GetProperty("roles").GetRawText()));
        using var other = await around.GetAsync("/api/profile", null, ("X-Internal-Token", token), ("X-Forwarded-User", user + "1"));
        Assert.Equal(HttpStatusCode.Unauthorized, other.StatusCode);
    }
}
