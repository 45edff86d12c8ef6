using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using FrontDoor.TestKit;
using FrontDoor.TokenService.Tests.Administration;
using FrontDoor.TokenService.Tests.Audit;
using FrontDoor.TokenService.Tests.Storage;
using FrontDoor.TokenService.Tests.Users;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace FrontDoor.TokenService.Tests.Revocations;

public sealed class SqliteChangedUserFeedTests(SqliteStore store) : ChangedUserFeedContract(store, "Always"), IClassFixture<SqliteStore>;

public sealed class SqliteChangedUserFeedWithoutRotationTests(SqliteStore store) : ChangedUserFeedContract(store, "Off"), IClassFixture<SqliteStore>;

public sealed class PostgreSqlChangedUserFeedTests(PostgreSqlStore store) : ChangedUserFeedContract(store, "Always"), IClassFixture<PostgreSqlStore>;

public sealed class PostgreSqlChangedUserFeedWithoutRotationTests(PostgreSqlStore store) : ChangedUserFeedContract(store, "Off"), IClassFixture<PostgreSqlStore>;

/// <summary>A user is changed: what gateways hear, for every kind of session, with and without rotation, on every database.</summary>
public abstract class ChangedUserFeedContract(TestStore store, string rotation) : StoreContract(store)
{
    private const string NewPassword = "another long password";

    public override async ValueTask InitializeAsync()
    {
        Store.Services ??= new FastHasher().Replace;
        Store.Settings["RefreshTokens:Rotation"] = rotation;
        Store.Settings["RefreshTokens:AbsoluteLifetime"] = "1.00:00:00";
        Store.Settings["SlidingTokens:Enabled"] = "true";
        Store.Settings["SlidingTokens:Lifetime"] = "00:10:00";
        Store.Settings["Users:OnRoleChange"] = "EndSessions";
        await base.InitializeAsync();
    }

    [Theory]
    [InlineData("disable")]
    [InlineData("reset")]
    [InlineData("roles")]
    [InlineData("password")]
    public async Task Changed_EndsSessionsOfEveryKindAndTellsItForAsLongAsTheirTokensLive(string change)
    {
        var name = await App.AddUserAsync();
        var (pair, here) = (await Client.ObtainAsync(name), await Client.ObtainAsync(name));
        var sliding = Token(await Client.PostAsync("/api/token/sliding/", JsonContent.Create(new { username = name, password = TokenServiceApp.Password })));
        Clock.Advance(TimeSpan.FromMinutes(1));
        var access = (await Client.RefreshAsync(pair.Refresh)).Access;
        sliding = Token(await RenewAsync(sliding));
        // After the leap the feed waits for its next look at the database, which is due by this clock.
        await using var feed = await Store.TickUntilAsync(FeedClient.OpenAsync(App));
        await feed.NextAsync();

        await ChangeAsync(change, name, here);

        // Whoever changes the own password goes on.
        string[] ended = change == "password" ? [access, sliding] : [access, sliding, here.Access];
        var delta = await feed.NextAsync();
        Assert.Equal(ended.Select(Entry).Order(), delta.Entries.Order());
        foreach (var token in ended)
        {
            (await Client.VerifyAsync(token)).Is(400, """{"non_field_errors":["Token is blacklisted"]}""");
            Assert.True(delta.Expires[delta.Entries.ToList().IndexOf(Entry(token))] >= Jwt.Read(token).Time("exp") + 60, token == sliding ? "sliding" : "access");
        }

        Assert.Equal(401, (await Client.RefreshAsync(pair.Refresh)).Status);
        Assert.Equal(401, (await RenewAsync(sliding)).Status);
        Assert.Equal(change == "password" ? 200 : 401, (await Client.RefreshAsync(here.Refresh)).Status);
    }

    [Fact]
    public async Task AccessTokenOfTheLastMoment_IsStillRevokedAfterItsSessionExpired()
    {
        var (name, tidied) = (await App.AddUserAsync(), await Client.ObtainAsync());
        Clock.Advance(TimeSpan.FromMinutes(70)); // longer than any access token lives
        var pair = await Client.ObtainAsync(name);
        Clock.Advance(TimeSpan.FromDays(1) - TimeSpan.FromSeconds(1));
        var access = (await Client.RefreshAsync(pair.Refresh)).Access;
        Clock.Advance(TimeSpan.FromMinutes(3));
        (await Client.RefreshAsync(pair.Refresh)).Is(401, Reply.TokenNotValid("Token is expired"));
        await Store.TickUntilAsync(RemovedAsync(tidied));

        await using var feed = await Store.TickUntilAsync(FeedClient.OpenAsync(App));
        await feed.NextAsync();
        await ChangeAsync("disable", name, pair);
        Assert.Equal([Entry(access)], (await feed.NextAsync()).Entries);
    }

    private static string Entry(string token) => $"session:{Jwt.Claim(token, "sid")}";

    private static string Token(Reply answer) => JsonElement.Parse(answer.Succeeded().Body).GetProperty("token").GetString()!;

    private Task<Reply> RenewAsync(string token) => Client.PostAsync("/api/token/sliding/refresh/", JsonContent.Create(new { token }));

    private async Task ChangeAsync(string change, string name, Reply here)
    {
        var path = $"/users/{await App.IdAsync(name)}";
        var admin = await AdminClient.SignInAsync(Client);
        (change switch
        {
            "disable" => await admin.PostAsync($"{path}/disable"),
            "reset" => await admin.PutAsync($"{path}/password", new { password = NewPassword }),
            "roles" => await admin.PutAsync($"{path}/roles", new { roles = new[] { "ops" } }),
            _ => await Client.PostAsync(
                "/api/password/",
                JsonContent.Create(new { old_password = TokenServiceApp.Password, new_password = NewPassword }),
                new AuthenticationHeaderValue("Bearer", here.Access)),
        }).Succeeded();
    }

    private async Task<bool> RemovedAsync(Reply pair)
    {
        var sid = Jwt.Claim(pair.Refresh, "sid");
        while (await App.QueryAsync(db => db.Sessions.AnyAsync(s => s.Id == sid))) await Task.Yield();
        return true;
    }
}
