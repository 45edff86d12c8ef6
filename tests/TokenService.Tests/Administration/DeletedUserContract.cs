using FrontDoor.TestKit;
using FrontDoor.TokenService.Tests.Audit;
using FrontDoor.TokenService.Tests.RefreshTokens;
using FrontDoor.TokenService.Tests.Revocations;
using FrontDoor.TokenService.Tests.Storage;
using FrontDoor.TokenService.Tests.Users;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace FrontDoor.TokenService.Tests.Administration;

public sealed class SqliteDeletedUserTests(SqliteStore store) : DeletedUserContract(store), IClassFixture<SqliteStore>;

public sealed class PostgreSqlDeletedUserTests(PostgreSqlStore store) : DeletedUserContract(store), IClassFixture<PostgreSqlStore>;

/// <summary>Users who go for good, and the administrator who may not, the same on every database.</summary>
public abstract class DeletedUserContract(TestStore store) : IAsyncLifetime
{
    private const string NoAccount = """{"detail":"No active account found for the given token."}""";

    private AdminClient _root = null!;
    private string _rootId = "";

    private TokenClient Client => store.Client;

    public async ValueTask InitializeAsync()
    {
        store.Services = new FastHasher().Replace;
        await store.StartAsync();
        _root = await AdminClient.SignInAsync(Client);
        _rootId = await store.App.IdAsync("root");
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task DeletedUser_IsGoneWithAllSessionsAndTheNameIsFree()
    {
        var name = await store.App.AddUserAsync();
        await store.App.GiveRoleAsync(name, "ops");
        var id = await store.App.IdAsync(name);
        Reply[] pairs = [await Client.ObtainAsync(name), await Client.ObtainAsync(name)];
        await store.App.AddSessionsAsync(id, 500);
        await using var feed = await FeedClient.OpenAsync(store.App);
        await feed.NextAsync();

        Assert.Equal(204, (await _root.DeleteAsync($"/users/{id}")).Status);
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
        foreach (var answer in new[] { await _root.GetAsync($"/users/{id}"), await _root.DeleteAsync($"/users/{id}") }) answer.Is(404, """{"detail":"Not found."}""");
        Assert.Equal(0, await store.App.QueryAsync(async db => await db.Sessions.CountAsync(s => s.UserId == id) + await db.UserRoles.CountAsync(r => r.UserId == id)));
        var row = Assert.Single(await store.App.AuditAsync(e => e.Event == "user.deleted" && e.Subject == id));
        Assert.Equal((_rootId, null), (row.Actor, row.Detail));
        Assert.Equal(502, (await store.App.AuditAsync(e => e.Event == "session.ended" && e.Detail == "UserDeleted" && e.Actor == _rootId)).Count);

        Assert.Equal(201, (await _root.PostAsync("/users", new { username = name, password = TokenServiceApp.Password })).Status);
        Assert.NotEqual(id, Jwt.Claim((await Client.ObtainAsync(name)).Access, "sub"));
        (await Client.RefreshAsync(pairs[0].Refresh)).Is(401, NoAccount);
    }

    [Fact]
    public async Task LastAdministrator_IsNeitherDeletedDisabledNorDemoted()
    {
        const string Refusal = """{"detail":"'root' is the last active user with the role 'admin'. Give it to another user first"}""";
        var (name, id) = await AddAdministratorAsync();
        (await _root.PostAsync($"/users/{id}/disable")).Succeeded();
        Reply[] answers =
        [
            await _root.DeleteAsync($"/users/{_rootId}"), await _root.PostAsync($"/users/{_rootId}/disable"),
            await _root.PutAsync($"/users/{_rootId}/roles", new { roles = new[] { "ops" } }),
        ];
        foreach (var answer in answers) answer.Is(409, Refusal);
        (await _root.PutAsync($"/users/{_rootId}/roles", new { roles = new[] { "ops", "ADMIN" } })).Succeeded();
        (await _root.PutAsync($"/users/{_rootId}/roles", new { roles = new[] { "admin" } })).Succeeded();

        // With another one it may go, by its own hand, too.
        (await _root.PostAsync($"/users/{id}/enable")).Succeeded();
        var other = await AdminClient.SignInAsync(Client, name);
        var (_, third) = await AddAdministratorAsync();
        Assert.Equal(204, (await other.DeleteAsync($"/users/{third}")).Status);
        Assert.Equal(204, (await other.DeleteAsync($"/users/{id}")).Status);
        Assert.Equal(401, (await other.GetAsync("/users")).Status);
    }

    [Fact]
    public async Task AdministratorsWhoDisableEachOtherAtOnce_LeaveOne()
    {
        var others = new List<(AdminClient Client, string Id)> { (_root, _rootId) };
        for (var i = 0; i < 3; i++)
        {
            var (name, id) = await AddAdministratorAsync();
            others.Add((await AdminClient.SignInAsync(Client, name), id));
        }

        // Each disables its neighbour.
        var answers = await Task.WhenAll(others.Select((me, i) => me.Client.PostAsync($"/users/{others[(i + 1) % others.Count].Id}/disable")));
        Assert.All(answers, a => Assert.True(a.Status is 200 or 401 or 403 or 409, a.ToString()));
        Assert.NotEqual(0, await store.App.QueryAsync(db => db.Users.CountAsync(u => u.IsActive && db.UserRoles.Any(r => r.UserId == u.Id && db.Roles.Any(role => role.Id == r.RoleId && role.Name == "admin")))));
        // For the other tests of this class.
        await store.App.QueryAsync(db => db.Users.Where(u => u.Id == _rootId).ExecuteUpdateAsync(set => set.SetProperty(u => u.IsActive, true)));
        foreach (var (_, id) in others.Skip(1)) await store.App.QueryAsync(db => db.Users.Where(u => u.Id == id).ExecuteDeleteAsync());
    }

    private async Task<(string Name, string Id)> AddAdministratorAsync()
    {
        var name = await store.App.AddUserAsync();
        await store.App.GiveRoleAsync(name, "admin");
        return (name, await store.App.IdAsync(name));
    }
}
