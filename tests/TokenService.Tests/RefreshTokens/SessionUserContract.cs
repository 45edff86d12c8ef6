using System.Text;
using FrontDoor.TestKit;
using FrontDoor.TokenService.Tests.Storage;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace FrontDoor.TokenService.Tests.RefreshTokens;

public sealed class SqliteSessionUserTests(SqliteStore store) : SessionUserContract(store), IClassFixture<SqliteStore>;

public sealed class PostgreSqlSessionUserTests(PostgreSqlStore store) : SessionUserContract(store), IClassFixture<PostgreSqlStore>;

/// <summary>What a session keeps of its user, the same on every database.</summary>
public abstract class SessionUserContract(TestStore store) : IAsyncLifetime
{
    private TokenClient Client => store.Client;

    public async ValueTask InitializeAsync() => await store.StartAsync();

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task UserMadeInactive_CannotRefresh()
    {
        var name = await store.App.AddUserAsync();
        var pair = await Client.ObtainAsync(name);
        await store.App.DisableAsync(name);

        (await Client.RefreshAsync(pair.Refresh)).Is(401, """{"detail":"No active account found for the given token."}""");
        (await Client.VerifyAsync(pair.Access)).Is(401, Reply.TokenNotValid("Token is invalid"));
    }

    [Fact]
    public async Task RolesGivenSinceSignIn_AreInTheNextAccessToken()
    {
        var name = await store.App.AddUserAsync();
        var pair = await Client.ObtainAsync(name);
        await store.App.GiveRoleAsync(name, "zoo keeper");
        await store.App.GiveRoleAsync(name, "admin");
        var next = await Client.RefreshAsync(pair.Refresh);

        Assert.Equal(("[]", "orders:read"), (Jwt.Claim(pair.Access, "roles"), Jwt.Claim(pair.Access, "scope")));
        Assert.Equal(("""["admin","zoo keeper"]""", "orders:read orders:write"), (Jwt.Claim(next.Access, "roles"), Jwt.Claim(next.Access, "scope")));
    }

    [Fact]
    public async Task UserDeleted_TakesItsSessionsAlong()
    {
        var name = await store.App.AddUserAsync();
        var pair = await Client.ObtainAsync(name);
        await store.App.QueryAsync(db => db.Users.Where(u => u.UserName == name).ExecuteDeleteAsync());
        (await Client.RefreshAsync(pair.Refresh)).Is(401, """{"detail":"No active account found for the given token."}""");
    }

    // The cut at the column's width must not leave half a pair, for which PostgreSQL has no encoding.
    [Fact]
    public async Task UserAgentCutInsideAPair_StillSignsIn()
    {
        const string Form = "username=alice&password=correct+horse+battery+staple";
        var agent = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(new string('a', 255) + "😀"));
        var answer = await RawHttp.SendAsync(
            store.App.Address,
            $"POST /api/token/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nUser-Agent: {agent}\r\n"
            + $"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {Form.Length}\r\n\r\n{Form}",
            TestContext.Current.CancellationToken);
        Assert.Equal(200, RawHttp.Status(answer));
    }
}
