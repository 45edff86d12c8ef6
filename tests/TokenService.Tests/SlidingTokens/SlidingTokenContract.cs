using System.Net.Http.Json;
using System.Text.Json;
using FrontDoor.TestKit;
using FrontDoor.TokenService.AccessTokens;
using FrontDoor.TokenService.Tests.Audit;
using FrontDoor.TokenService.Tests.Clients;
using FrontDoor.TokenService.Tests.Revocations;
using FrontDoor.TokenService.Tests.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace FrontDoor.TokenService.Tests.SlidingTokens;

public sealed class SqliteSlidingTokenTests(SqliteStore store) : SlidingTokenContract(store), IClassFixture<SqliteStore>;

public sealed class PostgreSqlSlidingTokenTests(PostgreSqlStore store) : SlidingTokenContract(store), IClassFixture<PostgreSqlStore>;

/// <summary>simplejwt's sliding tokens (contract, section 3), the same on every database.</summary>
public abstract class SlidingTokenContract(TestStore store) : IAsyncLifetime
{
    private TokenClient Client => store.Client;

    public async ValueTask InitializeAsync()
    {
        store.Settings["SlidingTokens:Enabled"] = "true";
        store.Settings["SlidingTokens:Lifetime"] = "00:10:00";
        store.Settings["SlidingTokens:RefreshLifetime"] = "00:15:00";
        await store.StartAsync();
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("/api/token/sliding/")]
    [InlineData("/api/token/sliding")]
    public async Task SignIn_GivesOneTokenOfItsOwnType(string path)
    {
        var answer = await Client.PostAsync(path, JsonContent.Create(new { username = "root", password = TokenServiceApp.Password }));
        var token = Token(answer);
        Assert.Equal($$"""{"token":"{{token}}"}""", answer.Body);
        var jwt = Jwt.Read(token);
        Assert.Equal("st+jwt", JsonElement.Parse(jwt.Header).GetProperty("typ").GetString());
        Assert.Equal(("sliding", "front-door", """["admin"]""", "orders:read orders:write"), (jwt.Claim("token_type"), jwt.Claim("aud"), jwt.Claim("roles"), jwt.Claim("scope")));
        Assert.Equal((600, 900), (jwt.Time("exp") - jwt.Time("iat"), jwt.Time("refresh_exp") - jwt.Time("iat")));
        (await Client.VerifyAsync(token)).Is(200, "{}");
    }

    [Fact]
    public async Task SignInAndSignOut_AreInTheAuditLog_RenewalIsNot()
    {
        var name = await store.App.AddUserAsync();
        var token = await SignInAsync(name);
        await RenewAsync(token);
        (await Client.BlacklistAsync(token)).Succeeded();
        var (sid, id) = (Jwt.Claim(token, "sid"), Jwt.Claim(token, "sub"));
        Assert.Equal([("session.started", id), ("session.ended", id)], (await store.App.AuditAsync(e => e.Subject == sid)).Select(e => (e.Event, e.Actor)));
    }

    [Fact]
    public async Task Refresh_KeepsIdAndEndAndReadsTheUserAnew()
    {
        var name = await store.App.AddUserAsync();
        var token = await SignInAsync(name);
        var first = Jwt.Read(token);
        store.Clock.Advance(TimeSpan.FromMinutes(1));
        await store.App.GiveRoleAsync(name, "admin");
        var second = Jwt.Read(Token(await RenewAsync(token)));
        Assert.Equal(("[]", """["admin"]"""), (first.Claim("roles"), second.Claim("roles")));
        foreach (var claim in new[] { "jti", "sid", "refresh_exp", "sub" }) Assert.Equal(first.Claim(claim), second.Claim(claim));
        Assert.Equal((60, 60), (second.Time("iat") - first.Time("iat"), second.Time("exp") - first.Time("exp")));
    }

    [Fact]
    public async Task Refresh_EndsWithRefreshExp_TheTokenWithItsOwn()
    {
        var token = await SignInAsync();
        store.Clock.Advance(TimeSpan.FromMinutes(9));
        token = Token(await RenewAsync(token));
        store.Clock.Advance(TimeSpan.FromMinutes(6));
        (await RenewAsync(token)).Is(401, Reply.TokenNotValid("Token 'refresh_exp' claim has expired"));
        (await Client.VerifyAsync(token)).Is(200, "{}");
        store.Clock.Advance(TimeSpan.FromMinutes(4));
        (await RenewAsync(token)).Is(401, Reply.TokenNotValid("Token is expired"));
        (await Client.VerifyAsync(token)).Is(401, Reply.TokenNotValid("Token is expired"));
    }

    [Fact]
    public async Task Blacklist_EndsItsSessionForAsLongAsTheTokenLives()
    {
        var token = await SignInAsync();
        (await Client.BlacklistAsync(token)).Is(200, "{}");
        (await Client.BlacklistAsync(token)).Is(401, Reply.TokenNotValid("Token is blacklisted"));
        (await RenewAsync(token)).Is(401, Reply.TokenNotValid("Token is blacklisted"));
        (await Client.VerifyAsync(token)).Is(400, """{"non_field_errors":["Token is blacklisted"]}""");

        // Sliding tokens live longer than access tokens here (5 minutes and 1 for clocks), and so must the gateways' entry.
        store.Clock.Advance(TimeSpan.FromMinutes(7));
        // After the leap the feed waits for its next look at the database, which is due by this clock.
        await using var feed = await store.TickUntilAsync(FeedClient.OpenAsync(store.App));
        Assert.Contains($"session:{Jwt.Claim(token, "sid")}", (await feed.NextAsync()).Entries);
    }

    [Fact]
    public async Task Client_LooksAtItAndRevokesIt()
    {
        var (client, token) = (await OAuthClient.AddAsync(store), await SignInAsync());
        var seen = JsonElement.Parse((await client.IntrospectAsync(token)).Succeeded().Body);
        Assert.Equal(("Bearer", Jwt.Claim(token, "jti")), (seen.GetProperty("token_type").GetString(), seen.GetProperty("jti").GetString()));
        (await client.RevokeAsync(token)).Succeeded();
        (await client.IntrospectAsync(token)).Is(200, """{"active":false}""");
        (await RenewAsync(token)).Is(401, Reply.TokenNotValid("Token is blacklisted"));
    }

    [Fact]
    public async Task SessionsApi_TakesASlidingToken()
    {
        var name = await store.App.AddUserAsync();
        var token = await SignInAsync(name);
        Assert.Equal(204, (await Client.SendAsync(HttpMethod.Delete, $"/api/sessions/{Jwt.Claim(token, "sid")}", token)).Status);
        Assert.Equal(401, (await Client.SendAsync(HttpMethod.Get, "/api/sessions", token)).Status);
    }

    [Fact]
    public async Task OtherKindsOfTokens_DoNotPassForOneAnother()
    {
        var pair = await Client.ObtainAsync();
        var wrongType = Reply.TokenNotValid("Token has wrong type");
        (await RenewAsync(pair.Access)).Is(401, wrongType);
        (await RenewAsync(pair.Refresh)).Is(401, wrongType);
        (await Client.RefreshAsync(await SignInAsync())).Is(401, wrongType);
        (await RenewAsync("junk")).Is(401, Reply.TokenNotValid("Token is invalid"));
        (await Client.PostAsync("/api/token/sliding/refresh/", "{}")).Is(400, """{"token":["This field is required."]}""");
    }

    [Fact]
    public async Task InactiveOrWrongUser_IsRefusedInTheContractsWords()
    {
        var name = await store.App.AddUserAsync();
        var token = await SignInAsync(name);
        await store.App.DisableAsync(name);
        (await RenewAsync(token)).Is(401, """{"detail":"No active account found for the given token."}""");
        foreach (var user in new[] { name, "nobody" }) (await ObtainAsync(user)).Is(401, """{"detail":"No active account found with the given credentials"}""");
        (await Client.PostAsync("/api/token/sliding/", "{}")).Is(400, """{"username":["This field is required."],"password":["This field is required."]}""");
    }

    [Fact]
    public async Task NarrowToken_StaysNarrow()
    {
        var token = Token(await Client.PostAsync(
            "/api/token/sliding/", JsonContent.Create(new { username = "root", password = TokenServiceApp.Password, scope = "orders:read" })));
        var renewed = Token(await Client.PostAsync("/api/token/sliding/refresh/", JsonContent.Create(new { token, scope = "orders:write" })));
        Assert.Equal(("orders:read", "orders:read"), (Jwt.Claim(token, "scope"), Jwt.Claim(renewed, "scope")));
    }

    [Fact]
    public async Task TokenThatDoesNotSayUntilWhen_IsToldSo()
    {
        var claims = JsonSerializer.Deserialize<Dictionary<string, object>>(Jwt.Read(await SignInAsync()).Payload)!;
        claims.Remove("refresh_exp");
        var token = store.App.Services.GetRequiredService<TokenSigner>().Sign("st+jwt", claims);
        (await RenewAsync(token)).Is(401, Reply.TokenNotValid("Token has no 'refresh_exp' claim"));
    }

    [Fact]
    public async Task TokenWithoutItsRow_IsInvalid()
    {
        var token = await SignInAsync();
        var sid = Jwt.Claim(token, "sid");
        await store.App.QueryAsync(db => db.Sessions.Where(s => s.Id == sid).ExecuteDeleteAsync());
        (await RenewAsync(token)).Is(401, Reply.TokenNotValid("Token is invalid"));
    }

    [Fact]
    public async Task SwitchedOff_EndpointsAreNotThereAndTokensAreInvalid()
    {
        var token = await SignInAsync();
        store.Settings["SlidingTokens:Enabled"] = "false";
        await store.RestartAsync();
        try
        {
            Assert.Equal(404, (await ObtainAsync("alice")).Status);
            Assert.Equal(404, (await RenewAsync(token)).Status);
            (await Client.VerifyAsync(token)).Is(401, Reply.TokenNotValid("Token is invalid"));
        }
        finally
        {
            store.Settings["SlidingTokens:Enabled"] = "true";
            await store.RestartAsync();
        }
    }

    private async Task<string> SignInAsync(string username = "alice") => Token(await ObtainAsync(username));

    private Task<Reply> ObtainAsync(string username) => Client.PostAsync("/api/token/sliding/", JsonContent.Create(new { username, password = TokenServiceApp.Password }));

    private Task<Reply> RenewAsync(string token) => Client.PostAsync("/api/token/sliding/refresh/", JsonContent.Create(new { token }));

    private static string Token(Reply answer) => JsonElement.Parse(answer.Succeeded().Body).GetProperty("token").GetString()!;
}
