using FrontDoor.TestKit;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace FrontDoor.Gateway.Tests.Upstream;

public sealed class ConnectionReuseTests
{
    [Theory]
    [InlineData("00:05:00", 1)]
    [InlineData("00:00:00", 3)]
    public async Task ConnectionLifetime_SaysWhetherRequestsShareAConnection(string lifetime, int connections)
    {
        await using var issuer = await FakeIssuer.StartAsync();
        await using var backend = await TestServer.StartAsync(context => context.Response.WriteAsync(context.Connection.Id));
        await using var gateway = await GatewayApp.StartAsync(
            issuer.Trust, backend.Address, new Dictionary<string, string?> { ["Upstream:Clusters:sample:ConnectionLifetime"] = lifetime });
        using var client = Client.For(gateway.Address);
        var seen = new HashSet<string>();
        for (var i = 0; i < 3; i++) seen.Add(await client.GetStringAsync(new Uri("/api/public/echo/x", UriKind.Relative), TestContext.Current.CancellationToken));
        Assert.Equal(connections, seen.Count);
    }

    /// <summary>A name is looked up for each new connection, so this is after how long another address is found.</summary>
    [Fact]
    public async Task ConnectionThatHasLivedItsTime_IsReplacedByANewOne()
    {
        await using var issuer = await FakeIssuer.StartAsync();
        await using var backend = await TestServer.StartAsync(context => context.Response.WriteAsync(context.Connection.Id));
        await using var gateway = await GatewayApp.StartAsync(
            issuer.Trust, backend.Address, new Dictionary<string, string?> { ["Upstream:Clusters:sample:ConnectionLifetime"] = "00:00:01" });
        using var client = Client.For(gateway.Address);
        var first = await AskAsync();
        await Until.TrueAsync(() => AskAsync().GetAwaiter().GetResult() != first, "another connection is used");

        Task<string> AskAsync() => client.GetStringAsync(new Uri("/api/public/echo/x", UriKind.Relative), TestContext.Current.CancellationToken);
    }
}
