using FrontDoor.TestKit;
using FrontDoor.TokenService.Tests.Audit;
using FrontDoor.TokenService.Tests.Storage;
using FrontDoor.TokenService.Users;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace FrontDoor.TokenService.Tests.Users;

public sealed class SqliteSignInInFlightTests(SqliteStore store) : SignInInFlightContract(store), IClassFixture<SqliteStore>;

public sealed class PostgreSqlSignInInFlightTests(PostgreSqlStore store) : SignInInFlightContract(store), IClassFixture<PostgreSqlStore>;

/// <summary>A password that is being checked while it is changed makes no session afterwards, on every database.</summary>
public abstract class SignInInFlightContract(TestStore store) : StoreContract(store)
{
    public override async ValueTask InitializeAsync()
    {
        Store.Services ??= new FastHasher().Replace;
        await base.InitializeAsync();
    }

    [Fact]
    public async Task PasswordResetMeanwhile_IsRefused() =>
        await SignInDuringAsync((users, name) => users.ResetPasswordAsync(name, "another long password", CancellationToken.None));

    [Fact]
    public async Task DeletedMeanwhile_IsRefused() => await SignInDuringAsync((users, name) => users.DeleteAsync(name, CancellationToken.None));

    [Fact]
    public async Task DisabledAndEnabledMeanwhile_IsRefused() => await SignInDuringAsync(async (users, name) =>
    {
        await users.DisableAsync(name, CancellationToken.None);
        await users.EnableAsync(name);
    });

    private async Task SignInDuringAsync(Func<UserAdministration, string, Task> change)
    {
        var hasher = (FastHasher)App.Services.GetRequiredService<IPasswordHasher<User>>();
        var name = await App.AddUserAsync();
        var id = await App.IdAsync(name);
        hasher.Hold();
        var signIn = Client.ObtainAsync(name);
        await Until.TrueAsync(() => hasher.Held == 1, "the password is being checked");
        await using (var scope = App.Services.CreateAsyncScope()) await change(scope.ServiceProvider.GetRequiredService<UserAdministration>(), name);
        hasher.Release();

        (await signIn).Is(401, """{"detail":"No active account found with the given credentials"}""");
        Assert.Equal(0, await App.QueryAsync(db => db.Sessions.CountAsync(s => s.UserId == id, TestContext.Current.CancellationToken)));
    }
}
