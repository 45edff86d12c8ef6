using FrontDoor.TestKit;
using FrontDoor.TokenService.Users;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace FrontDoor.TokenService.Tests.Users;

public sealed class PasswordRulesTests : IAsyncDisposable
{
    private const string TooCommon = "This password is too common.";
    private const string LikeTheUser = "The password is too similar to the username.";

    private readonly TestFolder _folder = new();
    private readonly TokenServiceApp _app;

    public PasswordRulesTests() => _app = TokenServiceApp.Start(new Dictionary<string, string?>
    {
        ["AccessTokens:Issuer"] = "https://login.bookshelf.example",
        ["Users:CommonPasswordsFile"] = _folder.Write("more", "Listed-By-The-Administrator\nother line\n"),
    });

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("password")]
    [InlineData("PassWord")]
    [InlineData(" password ")]
    [InlineData("password123!")]
    [InlineData("Summer2026")]
    [InlineData("1qaz2wsx")]
    [InlineData("iloveyou")]
    [InlineData("listed-by-the-administrator")]
    [InlineData("bookshelf")]
    [InlineData("login.bookshelf.example")]
    [InlineData("Front-Door")]
    public Task CommonOrTheServicesName_IsRefused(string password) => AssertFaultsAsync(password, TooCommon);

    [Theory]
    [InlineData("grace.hopper")]
    [InlineData("Grace Hopper")]
    [InlineData("ADMIRAL@example.com")]
    public Task NameOfTheUser_IsRefused(string password) => AssertFaultsAsync(password, LikeTheUser);

    [Fact]
    public Task ShortAndCommon_SaysBoth() => AssertFaultsAsync("qwerty", "Passwords must be at least 8 characters.", TooCommon);

    [Theory]
    [InlineData("correct horse battery staple")]
    [InlineData("password12345678")] // more behind the word than guessers try at once
    [InlineData("mypasswordhas a tail")]
    [InlineData("aaaaaaaaaaab")]
    [InlineData("密码密码密码密码")]
    [InlineData("        ~")]
    public Task NeitherShortNorCommon_MayBeOfAnyLetters(string password) => AssertFaultsAsync(password);

    [Fact]
    public Task LongPassword_IsAllowed() => AssertFaultsAsync(new string('ü', 500) + "x");

    [Fact]
    public async Task EveryWayToSetAPassword_HasTheRules()
    {
        await using var scope = _app.Services.CreateAsyncScope();
        var administration = scope.ServiceProvider.GetRequiredService<UserAdministration>();
        var adding = await Assert.ThrowsAsync<AdministrationException>(() => administration.AddAsync("zoe", "password", null, null, [], CancellationToken.None));
        var resetting = await Assert.ThrowsAsync<AdministrationException>(() => administration.ResetPasswordAsync("alice", "password", CancellationToken.None));
        Assert.Equal((TooCommon, TooCommon), (adding.Message, resetting.Message));
    }

    private async Task AssertFaultsAsync(string password, params string[] faults)
    {
        await using var scope = _app.Services.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<User>>();
        var grace = new User { UserName = "grace.hopper", DisplayName = "Grace Hopper", Email = "admiral@example.com" };
        var found = new List<string>();
        foreach (var rule in users.PasswordValidators) found.AddRange((await rule.ValidateAsync(users, grace, password)).Errors.Select(e => e.Description));
        Assert.Equal(faults, found);
    }
}
