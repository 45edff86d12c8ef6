using FrontDoor.TestKit;
using FrontDoor.TokenService.Tests.Audit;
using FrontDoor.TokenService.Tests.RefreshTokens;
using FrontDoor.TokenService.Tests.Revocations;
using FrontDoor.TokenService.Tests.Storage;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace FrontDoor.TokenService.Tests.Administration;

public sealed class SqliteDeletedUserTests(SqliteStore store) : DeletedUserContract(store), IClassFixture<SqliteStore>;

public sealed class PostgreSqlDeletedUserTests(PostgreSqlStore store) : DeletedUserContract(store), IClassFixture<PostgreSqlStore>;

/// <summary>Users who go for good, and the administrator who may not, the same on every database.</summary>
public abstract class DeletedUserContract(TestStore store) : RootContract(store)
{
    private const string NoAccount = """{"detail":"No active account found for the given token."}""";

    [Fact]
    public async Task DeletedUser_IsGoneWithAllSessionsAndTheNameIsFree()
    {
        var name = await Store.App.AddUserAsync();
        await Store.App.GiveRoleAsync(name, "ops");
        var id = await Store.App.IdAsync(name);
        Reply[] pairs = [await Client.ObtainAsync(name), await Client.ObtainAsync(name)];
        await Store.App.AddSessionsAsync(id, 500);
        await using var feed = await FeedClient.OpenAsync(Store.App);
        await feed.NextAsync();

        Assert.Equal(204, (await Root.DeleteAsync($"/users/{id}")).Status);
        var revoked = (await feed.NextAsync()).Entries;
        Assert.Equal(502, revoked.Count);
        foreach (var pair in pairs)
        {
            Assert.Contains($"session:{Jwt.Claim(pair.Access, "sid")}", revoked);
            (await Client.RefreshAsync(pair.Refresh)).Is(401, NoAccount);
            (await Client.BlacklistAsync(pair.Refresh)).Is(401, NoAccount);
            (await Client.VerifyAsync(pair.Access)).Is(401, Reply.TokenNotValid("Token is invalid"));
        }

        Assert.Equal(401, (await Client.ObtainAsync(name)).Status);
        foreach (var answer in new[] { await Root.GetAsync($"/users/{id}"), await Root.DeleteAsync($"/users/{id}") }) answer.Is(404, """{"detail":"Not found."}""");
        Assert.Equal(0, await Store.App.QueryAsync(async db => await db.Sessions.CountAsync(s => s.UserId == id) + await db.UserRoles.CountAsync(r => r.UserId == id)));
        var row = Assert.Single(await Store.App.AuditAsync(e => e.Event == "user.deleted" && e.Subject == id));
        Assert.Equal((RootId, null), (row.Actor, row.Detail));
        Assert.Equal(502, (await Store.App.AuditAsync(e => e.Event == "session.ended" && e.Detail == "UserDeleted" && e.Actor == RootId)).Count);

        Assert.Equal(201, (await Root.PostAsync("/users", new { username = name, password = TokenServiceApp.Password })).Status);
        Assert.NotEqual(id, Jwt.Claim((await Client.ObtainAsync(name)).Access, "sub"));
        (await Client.RefreshAsync(pairs[0].Refresh)).Is(401, NoAccount);
    }

    [Fact]
    public async Task LastAdministrator_IsNeitherDeletedDisabledNorDemoted()
    {
        const string Refusal = """{"detail":"'root' is the last active user with the role 'admin'. Give it to another user first"}""";
        var (name, id) = await AddAdministratorAsync();
        (await Root.PostAsync($"/users/{id}/disable")).Succeeded();
        Reply[] answers =
        [
            await Root.DeleteAsync($"/users/{RootId}"), await Root.PostAsync($"/users/{RootId}/disable"),
            await Root.PutAsync($"/users/{RootId}/roles", new { roles = new[] { "ops" } }),
        ];
        foreach (var answer in answers) answer.Is(409, Refusal);
        (await Root.PutAsync($"/users/{RootId}/roles", new { roles = new[] { "ops", "ADMIN" } })).Succeeded();
        (await Root.PutAsync($"/users/{RootId}/roles", new { roles = new[] { "admin" } })).Succeeded();

        // With another one it may go, by its own hand, too.
        (await Root.PostAsync($"/users/{id}/enable")).Succeeded();
        var other = await AdminClient.SignInAsync(Client, name);
        var (_, third) = await AddAdministratorAsync();
        Assert.Equal(204, (await other.DeleteAsync($"/users/{third}")).Status);
        Assert.Equal(204, (await other.DeleteAsync($"/users/{id}")).Status);
        Assert.Equal(401, (await other.GetAsync("/users")).Status);
    }

    [Fact]
    public async Task AdministratorsWhoDisableEachOtherAtOnce_LeaveOne()
    {
        var others = new List<(AdminClient Client, string Id)> { (Root, RootId) };
        for (var i = 0; i < 3; i++)
        {
            var (name, id) = await AddAdministratorAsync();
            others.Add((await AdminClient.SignInAsync(Client, name), id));
        }

        // Each disables its neighbour.
        var answers = await Task.WhenAll(others.Select((me, i) => me.Client.PostAsync($"/users/{others[(i + 1) % others.Count].Id}/disable")));
        Assert.All(answers, a => Assert.True(a.Status is 200 or 401 or 403 or 409, a.ToString()));
        Assert.NotEqual(0, await Store.App.QueryAsync(db => db.Users.CountAsync(u => u.IsActive && db.UserRoles.Any(r => r.UserId == u.Id && db.Roles.Any(role => role.Id == r.RoleId && role.Name == "admin")))));
        // For the other tests of this class.
        await Store.App.QueryAsync(db => db.Users.Where(u => u.Id == RootId).ExecuteUpdateAsync(set => set.SetProperty(u => u.IsActive, true)));
        foreach (var (_, id) in others.Skip(1)) await Store.App.QueryAsync(db => db.Users.Where(u => u.Id == id).ExecuteDeleteAsync());
    }

    private async Task<(string Name, string Id)> AddAdministratorAsync()
    {
        var name = await Store.App.AddUserAsync();
        await Store.App.GiveRoleAsync(name, "admin");
        return (name, await Store.App.IdAsync(name));
    }
}
