using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using FrontDoor.TestKit;
using Microsoft.IdentityModel.JsonWebTokens;
using Xunit;

namespace FrontDoor.EndToEnd.Tests;

[Collection(ComposeCollection.Name)]
public sealed class ComposeTests(ComposeStack stack) : IAsyncLifetime
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await stack.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (TestContext.Current.TestState?.Result == TestResult.Failed)
            TestContext.Current.TestOutputHelper?.WriteLine(await stack.ComposeAsync("logs", "--no-color", "--tail", "50"));
    }

    [Fact]
    public async Task Started_EveryContainerIsHealthy()
    {
        var containers = await stack.InspectAsync();

        Assert.Equal(["backend-1", "backend-2", "db", "gateway", "redis", "token-service"], containers.Keys.Order(StringComparer.Ordinal));
        Assert.All(containers, c => Assert.Equal("healthy", c.Value["State"]!["Health"]!["Status"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Started_OnlyTheGatewaysPublicPortIsPublished()
    {
        var published = from container in await stack.InspectAsync()
                        from port in container.Value["NetworkSettings"]!["Ports"]!.AsObject()
                        from binding in port.Value?.AsArray() ?? []
                        select $"{container.Key} {port.Key} {binding!["HostIp"]}";

        Assert.Equal(["gateway 8080/tcp 127.0.0.1"], published);
        using var client = Client.For(stack.Gateway);
        using var health = await client.GetAsync("/health/ready", Cancelled);
        Assert.Equal(HttpStatusCode.NotFound, health.StatusCode);
    }

    [Fact]
    public async Task Started_NoContainerHasRootOrCapabilitiesOrAWritableRootFileSystem()
    {
        Assert.All(await stack.InspectAsync(), container =>
        {
            var host = container.Value["HostConfig"]!;
            Assert.DoesNotContain(container.Value["Config"]!["User"]!.GetValue<string>().Split(':')[0], new[] { "", "0", "root" });
            Assert.True(host["ReadonlyRootfs"]!.GetValue<bool>());
            Assert.False(host["Privileged"]!.GetValue<bool>());
            Assert.Equal(["ALL"], Strings(host["CapDrop"]));
            Assert.Empty(Strings(host["CapAdd"]));
            Assert.Contains("no-new-privileges:true", Strings(host["SecurityOpt"]));
        });
    }

    [Fact]
    public async Task Started_NoPasswordIsInAContainersConfigurationOrLog()
    {
        var seen = string.Concat((await stack.InspectAsync()).Values) + await stack.ComposeAsync("logs", "--no-color");

        Assert.DoesNotContain(stack.AdminPassword, seen, StringComparison.Ordinal);
        Assert.DoesNotContain(stack.DatabasePassword, seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NoToken_ProtectedRouteIs401_StaticSiteIsServed()
    {
        using var client = Client.For(stack.Gateway);
        using var profile = await client.GetAsync("/api/profile/", Cancelled);
        using var site = await client.GetAsync("/", Cancelled);

        Assert.Equal(HttpStatusCode.Unauthorized, profile.StatusCode);
        Assert.Equal("text/html", site.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task AdminOfTheSecretFile_SignsIn_BothBackEndsSeeTheVerifiedIdentity()
    {
        using var client = Client.For(stack.Gateway);
        var (access, _) = await SignInAsync(client);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", access);
        client.DefaultRequestHeaders.Add("X-Forwarded-User", "mallory");

        var profiles = new List<JsonNode>();
        for (var i = 0; i < 4; i++) profiles.Add((await client.GetFromJsonAsync<JsonNode>("/api/profile/", Cancelled))!);
        using var admin = await client.GetAsync("/api/admin/", Cancelled);

        Assert.All(profiles, profile =>
        {
            Assert.Equal(new JsonWebToken(access).Subject, profile["user"]!.GetValue<string>());
            Assert.Equal("admin", profile["name"]!.GetValue<string>());
            Assert.Equal(["admin"], Strings(profile["roles"]));
        });
        Assert.Equal(["backend-1", "backend-2"], profiles.Select(p => p["instance"]!.GetValue<string>()).Distinct().Order());
        Assert.Equal(HttpStatusCode.OK, admin.StatusCode);
    }

    [Fact]
    public async Task TokenServiceMadeAnew_KeysAndSessionsAreKept()
    {
        using var client = Client.For(stack.Gateway);
        var (access, refresh) = await SignInAsync(client);

        await stack.ComposeAsync("up", "--detach", "--no-deps", "--force-recreate", "--wait", "token-service");

        using var refreshed = await client.PostAsJsonAsync("/api/token/refresh/", new { refresh }, Cancelled);
        Assert.Equal(HttpStatusCode.OK, refreshed.StatusCode);
        var next = (await refreshed.Content.ReadFromJsonAsync<JsonNode>(Cancelled))!["access"]!.GetValue<string>();
        Assert.Equal(new JsonWebToken(access).Kid, new JsonWebToken(next).Kid);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", next);
        using var profile = await client.GetAsync("/api/profile/", Cancelled);
        Assert.Equal(HttpStatusCode.OK, profile.StatusCode);
    }

    private async Task<(string Access, string Refresh)> SignInAsync(HttpClient client)
    {
        var credentials = new { username = "admin", password = stack.AdminPassword };
        using var answer = await client.PostAsJsonAsync("/api/token/", credentials, Cancelled);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var pair = (await answer.Content.ReadFromJsonAsync<JsonNode>(Cancelled))!;
        return (pair["access"]!.GetValue<string>(), pair["refresh"]!.GetValue<string>());
    }

    private static string[] Strings(JsonNode? array) => [.. (array?.AsArray() ?? []).Select(s => s!.GetValue<string>())];
}
