using FrontDoor.TestKit;
using FrontDoor.TokenService.Tests.Audit;
using FrontDoor.TokenService.Tests.Storage;
using FrontDoor.TokenService.Tests.Users;
using FrontDoor.TokenService.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace FrontDoor.TokenService.Tests.FormerIssuers;

public sealed class SqliteExchangeTests() : ExchangeContract(new SqliteStore());

public sealed class PostgreSqlExchangeTests(PostgreSqlServer server) : ExchangeContract(new PostgreSqlStore(server));

/// <summary>A Django site's living tokens during the cut-over; the same on every database. Its user 17 was imported.</summary>
public abstract class ExchangeContract(TestStore store) : IAsyncLifetime
{
    private TokenClient Client => store.Client;

    public async ValueTask InitializeAsync()
    {
        store.Services = new FastHasher().Replace;
        store.Settings["FormerIssuers:django:SigningKeyFile"] = store.Folder.WritePrivate("signing-key", DjangoTokens.SigningKey + "\n");
        store.Settings["FormerIssuers:django:Until"] = store.Clock.GetUtcNow().AddDays(7).ToString("O");
        await store.StartAsync();
        await ImportAsync("17", "grace");
    }

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task RefreshToken_IsExchangedOnceForASession()
    {
        var old = Token();
        var pair = await Client.RefreshAsync(old);
        Assert.StartsWith("{\"access\":\"", pair.Body, StringComparison.Ordinal);
        Assert.Equal(("17", "grace", "http://localhost:8080"), (Jwt.Claim(pair.Access, "sub"), Jwt.Claim(pair.Access, "name"), Jwt.Claim(pair.Access, "iss")));
        (await Client.RefreshAsync(pair.Refresh)).Succeeded();
        (await Client.VerifyAsync(pair.Access)).Is(200, "{}");

        (await Client.RefreshAsync(old)).Is(401, Reply.TokenNotValid("Token is blacklisted"));
        (await Client.VerifyAsync(old)).Is(400, """{"non_field_errors":["Token is blacklisted"]}""");
        Assert.Equal(1, await SessionsAsync());
        Assert.DoesNotContain(store.App.Logs.All, l => l.Contains(old.Split('.')[2], StringComparison.Ordinal) || l.Contains(DjangoTokens.SigningKey, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Scope_NarrowsTheFirstAccessTokenAlone()
    {
        var pair = await Client.RefreshScopedAsync(Token(), "orders:read");
        Assert.Equal("orders:read", Jwt.Claim(pair.Access, "scope"));
        await store.App.GiveRoleAsync("grace", "admin");
        Assert.Equal("orders:read orders:write", Jwt.Claim((await Client.RefreshAsync(pair.Refresh)).Access, "scope"));
    }

    [Theory]
    [InlineData("orders:write", """{"scope":["It asks for a scope that may not be had here."]}""")]
    [InlineData("\"", """{"scope":["Not a valid scope."]}""")]
    public async Task ScopeThatMayNotBeHad_Is400AndTheTokenIsNotUsedUp(string scope, string fault)
    {
        var old = Token();
        (await Client.RefreshScopedAsync(old, scope)).Is(400, fault);
        Assert.Equal(0, await SessionsAsync());
        (await Client.RefreshAsync(old)).Succeeded();
    }

    [Fact]
    public async Task Exchange_IsInTheAuditLogAsTheUsersSession()
    {
        var sid = Jwt.Claim((await Client.RefreshAsync(Token())).Access, "sid");
        Assert.Equal(
            [("session.started", "17", "refresh token of former issuer django")], (await store.App.AuditAsync(e => e.Subject == sid)).Select(e => (e.Event, e.Actor!, e.Detail!)));
    }

    [Fact]
    public async Task FiftyAtOnceOverTwoNodes_MakeOneSession()
    {
        await using var other = await store.StartAnotherAsync();
        using var client = new TokenClient(other.Address);
        var old = Token();
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => (i % 2 == 0 ? Client : client).RefreshAsync(old)));
        Assert.Single(answers, a => a.Status == 200);
        Assert.Equal(49, answers.Count(a => a.ToString() == $"401 {Reply.TokenNotValid("Token is blacklisted")}"));
        Assert.Equal(1, await SessionsAsync());
    }

    [Fact]
    public async Task LivingTokens_Verify()
    {
        (await Client.VerifyAsync(Token("access"))).Is(200, "{}");
        (await Client.VerifyAsync(Token("access", "17"))).Is(200, "{}");
        (await Client.VerifyAsync(Token())).Is(200, "{}");
        (await Client.RefreshAsync(Token(user: "17"))).Succeeded();
        (await Client.RefreshAsync(Token("access"))).Is(401, Reply.TokenNotValid("Token has wrong type"));
        (await Client.BlacklistAsync(Token("access"))).Is(401, Reply.TokenNotValid("Token has wrong type"));
    }

    [Fact]
    public async Task SignOut_UsesTheTokenUp()
    {
        var old = Token();
        (await Client.BlacklistAsync(old)).Is(200, "{}");
        (await Client.BlacklistAsync(old)).Is(401, Reply.TokenNotValid("Token is blacklisted"));
        (await Client.RefreshAsync(old)).Is(401, Reply.TokenNotValid("Token is blacklisted"));
        Assert.Equal(0, await SessionsAsync());
        var row = Assert.Single(await store.App.AuditAsync(e => e.Event == "token.revoked"));
        Assert.Equal(("17", "17", "refresh token of former issuer django"), (row.Actor, row.Subject, row.Detail));
    }

    [Fact]
    public async Task DisabledUser_IsRefusedAndTheTokenIsNotUsedUp()
    {
        var (old, none) = (Token(), """{"detail":"No active account found for the given token."}""");
        await SetActiveAsync(false);
        (await Client.RefreshAsync(old)).Is(401, none);
        (await Client.VerifyAsync(old)).Is(401, Reply.TokenNotValid("Token is invalid"));
        await SetActiveAsync(true);
        (await Client.RefreshAsync(old)).Succeeded();
        (await Client.RefreshAsync(Token(user: 18))).Is(401, none); // not imported
    }

    [Fact]
    public async Task PasswordChangedSinceTheImport_EndsTheOldTokensToo()
    {
        await using (var scope = store.App.Services.CreateAsyncScope())
            await scope.ServiceProvider.GetRequiredService<UserAdministration>().ResetPasswordAsync("grace", "another long password", CancellationToken.None);
        (await Client.RefreshAsync(Token())).Is(401, """{"detail":"No active account found for the given token."}""");
        (await Client.VerifyAsync(Token("access"))).Is(401, Reply.TokenNotValid("Token is invalid"));
    }

    [Fact]
    public async Task Until_EndsItWithoutARestart()
    {
        var (access, refresh) = (Token("access", change: LivesLong), Token(change: LivesLong));
        store.Clock.Advance(TimeSpan.FromDays(7) - TimeSpan.FromSeconds(1));
        (await Client.VerifyAsync(access)).Is(200, "{}");
        store.Clock.Advance(TimeSpan.FromSeconds(1));
        (await Client.VerifyAsync(access)).Is(401, Reply.TokenNotValid("Token is invalid"));
        (await Client.VerifyAsync(refresh)).Is(401, Reply.TokenNotValid("Token is invalid"));
        (await Client.RefreshAsync(refresh)).Is(401, Reply.TokenNotValid("Token is invalid"));
        (await Client.BlacklistAsync(refresh)).Is(401, Reply.TokenNotValid("Token is invalid"));
        Assert.Equal(0, await SessionsAsync());
    }

    [Fact]
    public async Task ExchangedToken_IsForgottenWhenItWouldHaveExpired()
    {
        var old = Token();
        (await Client.RefreshAsync(old)).Succeeded();
        (await Client.RefreshAsync(Token(change: LivesLong))).Succeeded();
        store.Clock.Advance(TimeSpan.FromHours(24));
        (await Client.RefreshAsync(old)).Is(401, Reply.TokenNotValid("Token is expired"));
        await Until.TrueAsync(
            () =>
            {
                store.Clock.Advance(TimeSpan.FromSeconds(1));
                return store.App.QueryAsync(db => db.ExchangedTokens.CountAsync()).GetAwaiter().GetResult() == 1;
            },
            "the expired row is gone, the other one stays");
        (await Client.RefreshAsync(old)).Is(401, Reply.TokenNotValid("Token is expired"));
    }

    private static void LivesLong(Dictionary<string, object?> claims) => claims["exp"] = Clocks.Start().GetUtcNow().AddDays(100).ToUnixTimeSeconds();

    private string Token(string type = "refresh", object? user = null, Action<Dictionary<string, object?>>? change = null) => DjangoTokens.Token(store.Clock.GetUtcNow(), type, user, change);

    private Task<int> SessionsAsync() => store.App.QueryAsync(db => db.Sessions.CountAsync());

    private Task<int> SetActiveAsync(bool active) => store.App.QueryAsync(db =>
        db.Users.Where(u => u.Id == "17").ExecuteUpdateAsync(set => set.SetProperty(u => u.IsActive, active)));

    private async Task ImportAsync(string id, string name)
    {
        await using var scope = store.App.Services.CreateAsyncScope();
        DjangoUser[] users = [new(id, name, DjangoHashTests.OfPassword, "", "", "", IsActive: true, IsStaff: false, IsSuperuser: false, [])];
        Assert.Equal(1, (await scope.ServiceProvider.GetRequiredService<UserImport>().RunAsync(users, null, null, CancellationToken.None)).Added);
    }
}
