using FrontDoor.TokenService.Tests.Storage;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace FrontDoor.TokenService.Tests.Users;

public sealed class SqliteRehashTests() : RehashContract(new SqliteStore());

public sealed class PostgreSqlRehashTests(PostgreSqlServer server) : RehashContract(new PostgreSqlStore(server));

/// <summary>A hash made with fewer iterations than are configured now, the same on every database.</summary>
public abstract class RehashContract(TestStore store) : IAsyncLifetime
{
    public async ValueTask InitializeAsync() => await store.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task HashMadeWithFewerIterations_IsRenewedEvenByManySignInsAtOnce()
    {
        var before = await HashAsync();
        await StrengthenAsync();
        Assert.All(await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => store.Client.ObtainAsync())), answer => answer.Succeeded());

        var after = await HashAsync();
        Assert.NotEqual(before, after);
        (await store.Client.ObtainAsync()).Succeeded();
        Assert.Equal(after, await HashAsync());
    }

    [Fact]
    public async Task RehashingDoesNotEndSessions()
    {
        var pair = await store.Client.ObtainAsync();
        await StrengthenAsync();
        (await store.Client.ObtainAsync()).Succeeded();
        (await store.Client.RefreshAsync(pair.Refresh)).Succeeded();
    }

    private Task StrengthenAsync()
    {
        store.Settings["Users:HashIterations"] = "110000";
        return store.RestartAsync();
    }

    private Task<string> HashAsync() => store.App.QueryAsync(db => db.Users.Where(u => u.UserName == "alice").Select(u => u.PasswordHash!).SingleAsync());
}
