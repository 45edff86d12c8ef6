using FrontDoor.TestKit;
using FrontDoor.TokenService.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace FrontDoor.TokenService.Tests.Users;

/// <summary>A password that is being checked while it is changed makes no session afterwards.</summary>
public sealed class SignInInFlightTests : IAsyncDisposable
{
    private readonly FastHasher _hasher = new();
    private readonly TokenServiceApp _app;
    private readonly TokenClient _client;

    public SignInInFlightTests()
    {
        _app = TokenServiceApp.Start(services: _hasher.Replace);
        _client = new TokenClient(_app.Address);
    }

    public async ValueTask DisposeAsync()
    {
        _hasher.Release();
        _client.Dispose();
        await _app.DisposeAsync();
        _hasher.Dispose();
    }

    [Fact]
    public async Task PasswordResetMeanwhile_IsRefused() =>
        await SignInDuringAsync(users => users.ResetPasswordAsync("alice", "another long password", CancellationToken.None));

    [Fact]
    public async Task DeletedMeanwhile_IsRefused() => await SignInDuringAsync(users => users.DeleteAsync("alice", CancellationToken.None));

    [Fact]
    public async Task DisabledAndEnabledMeanwhile_IsRefused() => await SignInDuringAsync(async users =>
    {
        await users.DisableAsync("alice", CancellationToken.None);
        await users.EnableAsync("alice");
    });

    private async Task SignInDuringAsync(Func<UserAdministration, Task> change)
    {
        _hasher.Hold();
        var signIn = _client.ObtainAsync();
        await Until.TrueAsync(() => _hasher.Held == 1, "the password is being checked");
        await using (var scope = _app.Services.CreateAsyncScope()) await change(scope.ServiceProvider.GetRequiredService<UserAdministration>());
        _hasher.Release();

        (await signIn).Is(401, """{"detail":"No active account found with the given credentials"}""");
        Assert.Equal(0, await _app.QueryAsync(db => db.Sessions.CountAsync(TestContext.Current.CancellationToken)));
    }
}
