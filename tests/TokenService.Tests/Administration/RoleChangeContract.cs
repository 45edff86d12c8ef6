using FrontDoor.TokenService.Tests.Audit;
using FrontDoor.TokenService.Tests.Storage;
using FrontDoor.TokenService.Tests.Users;
using Xunit;

namespace FrontDoor.TokenService.Tests.Administration;

public sealed class SqliteRoleChangeTests(SqliteStore store) : RoleChangeContract(store), IClassFixture<SqliteStore>;

public sealed class PostgreSqlRoleChangeTests(PostgreSqlStore store) : RoleChangeContract(store), IClassFixture<PostgreSqlStore>;

public abstract class RoleChangeContract(TestStore store)
{
    [Fact]
    public async Task RoleChangeThatEndsSessions_EndsThemAll_UnlessNothingChanges()
    {
        store.Services = new FastHasher().Replace;
        await using var app = await store.StartApartAsync(null, ("Users:OnRoleChange", "EndSessions"));
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
