using System.Net.Http.Headers;
using System.Net.Http.Json;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.TokenService.Tests.Endpoints;

public sealed class PasswordEndpointTests
{
    private const string New = "another long password";

    [Fact]
    public async Task RightOldPassword_ChangesItAndEndsTheOtherSessions()
    {
        await using var app = TokenServiceApp.Start();
        using var client = new TokenClient(app.Address);
        var here = await client.ObtainAsync();
        var elsewhere = await client.ObtainAsync();
        var somebody = await client.ObtainAsync("root");

        (await ChangeAsync(client, here.Access, TokenServiceApp.Password, New)).Is(200, "{}");

        (await client.RefreshAsync(here.Refresh)).Succeeded();
        Assert.Equal(401, (await client.RefreshAsync(elsewhere.Refresh)).Status);
        (await client.RefreshAsync(somebody.Refresh)).Succeeded();
        Assert.Equal(401, (await client.ObtainAsync()).Status);
        (await client.ObtainAsync("alice", New)).Succeeded();
    }

    [Fact]
    public async Task Faults_AreNamedByFieldAndChangeNothing()
    {
        await using var app = TokenServiceApp.Start();
        using var client = new TokenClient(app.Address);
        var pair = await client.ObtainAsync();

        (await ChangeAsync(client, pair.Access, "wrong password", New)).Is(400, """{"old_password":["The old password is wrong."]}""");
        (await ChangeAsync(client, pair.Access, TokenServiceApp.Password, "short")).Is(400, """{"new_password":["Passwords must be at least 8 characters."]}""");
        (await ChangeAsync(client, pair.Access, null, null)).Is(400, """{"old_password":["This field may not be null."],"new_password":["This field may not be null."]}""");
        (await client.ObtainAsync()).Succeeded();
        (await client.RefreshAsync(pair.Refresh)).Succeeded();
    }

    [Fact]
    public async Task WithoutALivingSession_Is401()
    {
        await using var app = TokenServiceApp.Start();
        using var client = new TokenClient(app.Address);
        var pair = await client.ObtainAsync();

        Assert.Equal(401, (await client.PostAsync("/api/password/", JsonContent.Create(new { }))).Status);
        Assert.Equal(401, (await ChangeAsync(client, pair.Refresh, TokenServiceApp.Password, New)).Status);
        await client.BlacklistAsync(pair.Refresh);
        Assert.Equal(401, (await ChangeAsync(client, pair.Access, TokenServiceApp.Password, New)).Status);
        (await client.ObtainAsync()).Succeeded();
    }

    [Fact]
    public async Task GuessingTheOldPassword_IsThrottledLikeSignIn()
    {
        await using var app = TokenServiceApp.Start(new Dictionary<string, string?> { ["Users:Throttle:FailuresPerAccount"] = "3", ["Users:Throttle:Window"] = "01:00:00" });
        using var client = new TokenClient(app.Address);
        var pair = await client.ObtainAsync();
        for (var i = 0; i < 3; i++) Assert.Equal(400, (await ChangeAsync(client, pair.Access, $"guess number {i}", New)).Status);

        var throttled = await ChangeAsync(client, pair.Access, TokenServiceApp.Password, New);
        Assert.Equal(429, throttled.Status);
        Assert.NotNull(throttled.Header("Retry-After"));
    }

    private static Task<Reply> ChangeAsync(TokenClient client, string access, string? oldPassword, string? newPassword) =>
        client.PostAsync("/api/password/", JsonContent.Create(new { old_password = oldPassword, new_password = newPassword }), new AuthenticationHeaderValue("Bearer", access));
}
