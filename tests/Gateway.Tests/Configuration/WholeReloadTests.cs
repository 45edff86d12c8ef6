using System.Collections.Concurrent;
using System.Net;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.Configuration;

/// <summary>No request meets parts of two configurations.</summary>
public sealed class WholeReloadTests
{
    [Fact]
    public async Task RequestsDuringManyReloads_MeetTheRouteAndThePolicyOfOneConfiguration()
    {
        await using var gateway = await ReloadingGateway.StartAsync(Settings("a"));
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var seen = new ConcurrentDictionary<(HttpStatusCode, string Role), int>();
        var load = new[] { "a", "b", "a", "b" }.Select(role => LoadAsync(gateway, role, seen, enough.Token)).ToArray();

        for (var i = 0; i < 40; i++)
        {
            var role = i % 2 == 0 ? "b" : "a";
            foreach (var (path, value) in Settings(role)) gateway.Settings[path] = value;
            await gateway.TakenAsync();
            using var own = await gateway.GetAsync("/r/after", role);
            Assert.Equal(HttpStatusCode.OK, own.StatusCode);
            using var other = await gateway.GetAsync("/r/after", role == "a" ? "b" : "a");
            Assert.Equal(HttpStatusCode.Forbidden, other.StatusCode);
        }

        await enough.CancelAsync();
        await Task.WhenAll(load);
        Assert.Equal(
            [(HttpStatusCode.OK, "a"), (HttpStatusCode.OK, "b"), (HttpStatusCode.Forbidden, "a"), (HttpStatusCode.Forbidden, "b")],
            seen.Keys.OrderBy(s => s));

        // What reached the back end by the route of one configuration was let in by its policy and stamped by its rules.
        Assert.NotEmpty(gateway.Backend.Received);
        Assert.All(gateway.Backend.Received, request =>
        {
            var role = request.Target["/from-".Length..];
            Assert.Equal(role, request.Header($"Role-{role}"));
            Assert.Null(request.Header(role == "a" ? "Role-b" : "Role-a"));
        });
    }

    [Fact]
    public async Task RequestsDuringManyReloads_MeetThePolicyAndTheDestinationOfOneConfiguration()
    {
        await using var backend = await TestServer.StartAsync();
        await using var gateway = await ReloadingGateway.StartAsync();
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var load = new[] { "a", "b", "a", "b" }.Select(role => LoadAsync(gateway, role, new(), enough.Token)).ToArray();

        for (var i = 0; i < 40; i++)
        {
            var role = i % 2 == 0 ? "b" : "a";
            gateway.Settings["Policies:gate:Roles:Any:0"] = role;
            gateway.Settings["IdentityPropagation:Headers:Role"] = "roles";
            gateway.Settings["ReverseProxy:Clusters:c:Destinations:d:Address"] = (role == "a" ? gateway.Backend : backend).Address.AbsoluteUri;
            await gateway.TakenAsync();
        }

        await enough.CancelAsync();
        await Task.WhenAll(load);
        Assert.NotEmpty(backend.Received);
        Assert.All(backend.Received, request => Assert.Equal("b", request.Header("Role")));
        Assert.All(gateway.Backend.Received, request => Assert.Equal("a", request.Header("Role") ?? request.Header("X-Forwarded-Roles")));
    }

    private static Dictionary<string, string?> Settings(string role) => new()
    {
        ["Policies:gate:Roles:Any:0"] = role,
        ["ReverseProxy:Routes:r:Transforms:0:PathSet"] = $"/from-{role}",
        ["IdentityPropagation:Headers:Role-a"] = role == "a" ? "roles" : null,
        ["IdentityPropagation:Headers:Role-b"] = role == "b" ? "roles" : null,
    };

    private static async Task LoadAsync(ReloadingGateway gateway, string role, ConcurrentDictionary<(HttpStatusCode, string), int> seen, CancellationToken enough)
    {
        while (!enough.IsCancellationRequested)
        {
            using var answer = await gateway.GetAsync("/r/x", role);
            seen.AddOrUpdate((answer.StatusCode, role), 1, (_, count) => count + 1);
        }
    }
}
