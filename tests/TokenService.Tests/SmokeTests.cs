using System.Net.Http.Json;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.TokenService.Tests;

public sealed class SmokeTests
{
    [Fact]
    public async Task GoodCredentials_GetAPair()
    {
        await using var app = TokenServiceApp.Start();
        using var client = Client.For(app.Address);
        using var answer = await client.PostAsJsonAsync("/api/token/", new { username = "alice", password = TokenServiceApp.Password }, TestContext.Current.CancellationToken);
        Assert.StartsWith("{\"refresh\":\"", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }
}
