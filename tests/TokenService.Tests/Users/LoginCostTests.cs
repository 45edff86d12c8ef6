using System.Net.Http.Json;
using FrontDoor.TestKit;
using FrontDoor.TokenService.Users;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace FrontDoor.TokenService.Tests.Users;

public sealed class UserNameLoginCostTests() : LoginCostTests(byEmail: false);

public sealed class EmailLoginCostTests() : LoginCostTests(byEmail: true);

/// <summary>Nobody learns from cost or answer why a sign-in was refused (OWASP ASVS 6.3.8), whatever users sign in with.</summary>
public abstract class LoginCostTests(bool byEmail) : IAsyncLifetime
{
    private readonly FastHasher _hasher = new();
    private TokenServiceApp _app = null!;
    private TokenClient _client = null!;

    public ValueTask InitializeAsync()
    {
        _app = TokenServiceApp.Start(byEmail ? EmailLoginContract.Settings : null, services: _hasher.Replace);
        _client = new TokenClient(_app.Address);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
        _hasher.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public Task UnknownUser_CostsOneVerification() => AssertOneAsync("nobody", "wrong");

    [Fact]
    public Task WrongPassword_CostsOneVerification() => AssertOneAsync("alice", "wrong");

    [Theory]
    [InlineData("wrong")]
    [InlineData(TokenServiceApp.Password)]
    public async Task LockedUser_CostsOneVerification(string password)
    {
        var name = await _app.AddUserAsync();
        DateTimeOffset? end = TimeProvider.System.GetUtcNow().AddHours(1);
        await _app.QueryAsync(db => db.Users.Where(u => u.UserName == name).ExecuteUpdateAsync(set => set.SetProperty(u => u.LockoutEnd, end)));
        await AssertOneAsync(name, password);
    }

    [Theory]
    [InlineData("wrong")]
    [InlineData(TokenServiceApp.Password)]
    public async Task LockedUserThatChangesThePassword_CostsOneVerification(string password)
    {
        var name = await _app.AddUserAsync();
        var access = (await ObtainAsync(name, TokenServiceApp.Password)).Access;
        DateTimeOffset? end = TimeProvider.System.GetUtcNow().AddHours(1);
        await _app.QueryAsync(db => db.Users.Where(u => u.UserName == name).ExecuteUpdateAsync(set => set.SetProperty(u => u.LockoutEnd, end)));
        var before = _hasher.Verifications;
        var change = JsonContent.Create(new { old_password = password, new_password = "another long password" });
        (await _client.PostAsync("/api/password/", change, new("Bearer", access))).Is(400, """{"old_password":["The old password is wrong."]}""");
        Assert.Equal(before + 1, _hasher.Verifications);
    }

    [Theory]
    [InlineData("wrong")]
    [InlineData(TokenServiceApp.Password)]
    public async Task InactiveUser_CostsOneVerification(string password)
    {
        var name = await _app.AddUserAsync();
        await _app.DisableAsync(name);
        await AssertOneAsync(name, password);
    }

    [Fact]
    public async Task UserWithoutPassword_CostsOneVerification()
    {
        await using var scope = _app.Services.CreateAsyncScope();
        Assert.True((await scope.ServiceProvider.GetRequiredService<UserManager<User>>().CreateAsync(new User { UserName = "sso", Email = Rows.Email("sso") })).Succeeded);
        await AssertOneAsync("sso", "wrong");
    }

    [Fact]
    public async Task RightPassword_CostsOneVerification()
    {
        var before = _hasher.Verifications;
        (await ObtainAsync("alice", TokenServiceApp.Password)).Succeeded();
        Assert.Equal(before + 1, _hasher.Verifications);
    }

    private async Task AssertOneAsync(string userName, string password)
    {
        var before = _hasher.Verifications;
        (await ObtainAsync(userName, password)).Is(401, """{"detail":"No active account found with the given credentials"}""");
        Assert.Equal(before + 1, _hasher.Verifications);
    }

    private Task<Reply> ObtainAsync(string userName, string password) => byEmail
        ? _client.PostAsync("/api/token/", JsonContent.Create(new { email = Rows.Email(userName), password }))
        : _client.ObtainAsync(userName, password);
}
