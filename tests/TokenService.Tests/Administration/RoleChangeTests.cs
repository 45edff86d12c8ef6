using FrontDoor.TestKit;
using FrontDoor.TokenService.Tests.Audit;
using Xunit;

namespace FrontDoor.TokenService.Tests.Administration;

public sealed class RoleChangeTests
{
    [Fact]
    public async Task RoleChangeThatEndsSessions_EndsThemAll_UnlessNothingChanges()
    {
        await using var app = TokenServiceApp.Start(new Dictionary<string, string?> { ["Users:OnRoleChange"] = "EndSessions" });
        using var client = new TokenClient(app.Address);
        var admin = await AdminClient.SignInAsync(client);
        var alice = await app.IdAsync("alice");
        var pair = await client.ObtainAsync();

        (await admin.PutAsync($"/users/{alice}/roles", new { roles = Array.Empty<string>() })).Succeeded();
        pair = (await client.RefreshAsync(pair.Refresh)).Succeeded();
        (await admin.PutAsync($"/users/{alice}/roles", new { roles = new[] { "ops" } })).Succeeded();
        (await client.RefreshAsync(pair.Refresh)).Is(401, Reply.TokenNotValid("Token is blacklisted"));
        Assert.Equal("RolesChanged", (await app.AuditAsync(e => e.Event == "session.ended")).Single().Detail);
    }
}
