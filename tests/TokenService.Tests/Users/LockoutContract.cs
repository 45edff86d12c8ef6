using System.Net.Http.Headers;
using System.Net.Http.Json;
using FrontDoor.TestKit;
using FrontDoor.TokenService.Tests.Storage;
using FrontDoor.TokenService.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace FrontDoor.TokenService.Tests.Users;

public sealed class SqliteLockoutTests(SqliteStore store) : LockoutContract(store), IClassFixture<SqliteStore>;

public sealed class PostgreSqlLockoutTests(PostgreSqlStore store) : LockoutContract(store), IClassFixture<PostgreSqlStore>;

/// <summary>Wrong passwords in a row lock an account, the same on every database.</summary>
public abstract class LockoutContract(TestStore store) : IAsyncLifetime
{
    private const string Refused = """{"detail":"No active account found with the given credentials"}""";

    private const string WrongOld = """{"old_password":["The old password is wrong."]}""";
    private const string New = "another long password";

    private string _name = "";

    private TokenClient Client => store.Client;

    public async ValueTask InitializeAsync()
    {
        store.Settings["Users:Lockout:Failures"] = "5";
        store.Settings["Users:Throttle:FailuresPerAccount"] = "100000";
        store.Settings["Users:Throttle:FailuresPerAddress"] = "100000";
        store.Services = new FastHasher().Replace;
        await store.StartAsync();
        _name = await store.App.AddUserAsync();
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task FifthWrongPassword_LocksUntilTheTimeIsOver()
    {
        await FailAsync(4);
        Assert.Null(await LockoutEndAsync());
        await FailAsync(1);
        Assert.Equal(store.Clock.GetUtcNow().AddMinutes(15), await LockoutEndAsync());

        (await Client.ObtainAsync(_name)).Is(401, Refused);
        store.Clock.Advance(TimeSpan.FromMinutes(15) - TimeSpan.FromMilliseconds(1));
        (await Client.ObtainAsync(_name)).Is(401, Refused);
        store.Clock.Advance(TimeSpan.FromMilliseconds(1));
        (await Client.ObtainAsync(_name)).Succeeded();
    }

    [Fact]
    public async Task RightPassword_StartsTheCountAnew()
    {
        await FailAsync(4);
        (await Client.ObtainAsync(_name)).Succeeded();
        await FailAsync(4);
        (await Client.ObtainAsync(_name)).Succeeded();
    }

    [Fact]
    public async Task WrongOldPasswords_LockAsWrongSignInsDo_AndTheRightOneIsRefusedMeanwhile()
    {
        var pair = await Client.ObtainAsync(_name);
        await FailAsync(2);
        for (var i = 0; i < 3; i++) (await ChangeAsync(pair.Access, "wrong")).Is(400, WrongOld);
        Assert.Equal(store.Clock.GetUtcNow().AddMinutes(15), await LockoutEndAsync());

        (await ChangeAsync(pair.Access, TokenServiceApp.Password)).Is(400, WrongOld);
        (await Client.ObtainAsync(_name)).Is(401, Refused);
        store.Clock.Advance(TimeSpan.FromMinutes(15));
        pair = await Client.ObtainAsync(_name);
        (await ChangeAsync(pair.Access, TokenServiceApp.Password)).Succeeded();
        (await Client.ObtainAsync(_name, New)).Succeeded();
    }

    [Fact]
    public async Task RightOldPassword_StartsTheCountAnew()
    {
        var pair = await Client.ObtainAsync(_name);
        await FailAsync(4);
        Assert.Equal(400, (await ChangeAsync(pair.Access, TokenServiceApp.Password, "short")).Status);
        await FailAsync(4);
        (await Client.ObtainAsync(_name)).Succeeded();
    }

    [Fact]
    public async Task GuessesAtOnce_AllCount()
    {
        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Client.ObtainAsync(_name, "wrong")));
        Assert.NotNull(await LockoutEndAsync());
    }

    [Fact]
    public async Task LockedUser_KeepsItsSessions()
    {
        var pair = await Client.ObtainAsync(_name);
        await FailAsync(5);
        (await Client.RefreshAsync(pair.Refresh)).Succeeded();
    }

    [Fact]
    public async Task Enable_LiftsTheLock()
    {
        await FailAsync(5);
        await AdministerAsync(users => users.EnableAsync(_name));
        (await Client.ObtainAsync(_name)).Succeeded();
    }

    [Fact]
    public async Task ResetPassword_LiftsTheLockAndEndsSessions()
    {
        var pair = await Client.ObtainAsync(_name);
        await FailAsync(5);
        await AdministerAsync(users => users.ResetPasswordAsync(_name, "another password", CancellationToken.None));
        (await Client.ObtainAsync(_name)).Is(401, Refused);
        (await Client.ObtainAsync(_name, "another password")).Succeeded();
        (await Client.RefreshAsync(pair.Refresh)).Is(401, """{"detail":"The user's password has been changed."}""");
    }

    [Fact]
    public async Task PasswordThatBreaksTheRules_ChangesNothing()
    {
        var pair = await Client.ObtainAsync(_name);
        await AdministerAsync(users => Assert.ThrowsAsync<AdministrationException>(() => users.ResetPasswordAsync(_name, "short", CancellationToken.None)));
        (await Client.ObtainAsync(_name)).Succeeded();
        (await Client.RefreshAsync(pair.Refresh)).Succeeded();
    }

    private Task<Reply> ChangeAsync(string access, string oldPassword, string newPassword = New) =>
        Client.PostAsync("/api/password/", JsonContent.Create(new { old_password = oldPassword, new_password = newPassword }), new AuthenticationHeaderValue("Bearer", access));

    private async Task FailAsync(int times)
    {
        for (var i = 0; i < times; i++) (await Client.ObtainAsync(_name, "wrong")).Is(401, Refused);
    }

    private Task<DateTimeOffset?> LockoutEndAsync() =>
        store.App.QueryAsync(db => db.Users.Where(u => u.UserName == _name).Select(u => u.LockoutEnd).SingleAsync());

    private async Task AdministerAsync(Func<UserAdministration, Task> act)
    {
        await using var scope = store.App.Services.CreateAsyncScope();
        await act(scope.ServiceProvider.GetRequiredService<UserAdministration>());
    }
}
