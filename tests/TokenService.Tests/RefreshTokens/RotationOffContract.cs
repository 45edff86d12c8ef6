using FrontDoor.TokenService.Tests.Storage;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace FrontDoor.TokenService.Tests.RefreshTokens;

public sealed class SqliteRotationOffTests(SqliteStore store) : RotationOffContract(store), IClassFixture<SqliteStore>;

public sealed class PostgreSqlRotationOffTests(PostgreSqlStore store) : RotationOffContract(store), IClassFixture<PostgreSqlStore>;

/// <summary><c>RefreshTokens:Rotation</c> <c>Off</c>, the same on every database.</summary>
public abstract class RotationOffContract(TestStore store) : IAsyncLifetime
{
    private TokenClient Client => store.Client;

    public async ValueTask InitializeAsync()
    {
        store.Settings["RefreshTokens:Rotation"] = "Off";
        await store.StartAsync();
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Refresh_AnswersAnAccessTokenAlone_AgainAndAgain()
    {
        var pair = await Client.ObtainAsync();
        store.Clock.Advance(TimeSpan.FromMinutes(1));
        var one = await Client.RefreshAsync(pair.Refresh);
        store.Clock.Advance(TimeSpan.FromMinutes(1));
        var two = await Client.RefreshAsync(pair.Refresh);

        Assert.Matches("""^\{"access":"[\w-]+\.[\w-]+\.[\w-]+"\}$""", one.Body);
        Assert.Equal(3, new[] { pair, one, two }.Select(a => Jwt.Claim(a.Access, "jti")).Distinct().Count());
        Assert.Equal((60, 360), (Jwt.Read(two.Access).Time("iat") - Jwt.Read(one.Access).Time("iat"), Jwt.Read(two.Access).Time("exp") - Jwt.Read(one.Access).Time("iat")));
        Assert.Equal(Jwt.Claim(pair.Access, "sid"), Jwt.Claim(two.Access, "sid"));
        (await Client.VerifyAsync(pair.Refresh)).Is(200, "{}");
    }

    [Fact]
    public async Task RefreshToken_EndsAtItsExp()
    {
        var pair = await Client.ObtainAsync();
        store.Clock.Advance(TimeSpan.FromHours(24) - TimeSpan.FromSeconds(1));
        (await Client.RefreshAsync(pair.Refresh)).Succeeded();
        store.Clock.Advance(TimeSpan.FromSeconds(1));
        (await Client.RefreshAsync(pair.Refresh)).Is(401, Reply.TokenNotValid("Token is expired"));
    }

    [Fact]
    public async Task Refresh_ReadsUserRolesAndScopesAnew()
    {
        var name = await store.App.AddUserAsync();
        var pair = await Client.ObtainAsync(name);
        await store.App.GiveRoleAsync(name, "admin");
        var access = (await Client.RefreshAsync(pair.Refresh)).Access;
        Assert.Equal(("""["admin"]""", "orders:read orders:write"), (Jwt.Claim(access, "roles"), Jwt.Claim(access, "scope")));
        Assert.Equal("orders:write", Jwt.Claim((await Client.RefreshScopedAsync(pair.Refresh, "orders:write")).Access, "scope"));
        await store.App.DisableAsync(name);
        (await Client.RefreshAsync(pair.Refresh)).Is(401, """{"detail":"No active account found for the given token."}""");
    }

    [Fact]
    public async Task SignOut_EndsTheRefreshTokenAndWhatItGave()
    {
        var pair = await Client.ObtainAsync();
        var access = (await Client.RefreshAsync(pair.Refresh)).Access;
        (await Client.BlacklistAsync(pair.Refresh)).Is(200, "{}");
        (await Client.RefreshAsync(pair.Refresh)).Is(401, Reply.TokenNotValid("Token is blacklisted"));
        (await Client.VerifyAsync(access)).Is(400, """{"non_field_errors":["Token is blacklisted"]}""");
    }

    [Fact]
    public async Task RefreshTokenWithoutItsRow_IsInvalid()
    {
        var pair = await Client.ObtainAsync();
        var sid = Jwt.Claim(pair.Refresh, "sid");
        await store.App.QueryAsync(db => db.Sessions.Where(s => s.Id == sid).ExecuteDeleteAsync());
        (await Client.RefreshAsync(pair.Refresh)).Is(401, Reply.TokenNotValid("Token is invalid"));
    }

    [Fact]
    public async Task TokenSupersededBeforeTheSwitch_StillEndsItsSession()
    {
        store.Settings["RefreshTokens:Rotation"] = "Always";
        await store.RestartAsync();
        var old = await Client.ObtainAsync();
        var current = await Client.RefreshAsync(old.Refresh);
        store.Settings["RefreshTokens:Rotation"] = "Off";
        await store.RestartAsync(asleep: TimeSpan.FromSeconds(11));

        (await Client.RefreshAsync(current.Refresh)).Succeeded();
        (await Client.RefreshAsync(old.Refresh)).Is(401, Reply.TokenNotValid("Token is blacklisted"));
        (await Client.RefreshAsync(current.Refresh)).Is(401, Reply.TokenNotValid("Token is blacklisted"));
    }
}
