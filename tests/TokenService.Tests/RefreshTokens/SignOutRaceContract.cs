using FrontDoor.TokenService.Tests.Clients;
using FrontDoor.TokenService.Tests.Storage;
using FrontDoor.TokenService.Tests.Users;
using Xunit;

namespace FrontDoor.TokenService.Tests.RefreshTokens;

public sealed class SqliteSignOutRaceTests(SqliteStore store) : SignOutRaceContract(store), IClassFixture<SqliteStore>;

public sealed class PostgreSqlSignOutRaceTests(PostgreSqlStore store) : SignOutRaceContract(store), IClassFixture<PostgreSqlStore>;

/// <summary>A session that is ended while it is refreshed, in each of the ways to end one, the same on every database.</summary>
public abstract class SignOutRaceContract(TestStore store) : StoreContract(store)
{
    private OAuthClient _oauth = null!;

    public override async ValueTask InitializeAsync()
    {
        Store.Services ??= new FastHasher().Replace;
        await base.InitializeAsync();
        _oauth = await OAuthClient.AddAsync(Store);
    }

    [Fact]
    public Task Blacklist_LeavesNoSurvivor() => RaceAsync(200, pair => Client.BlacklistAsync(pair.Refresh));

    [Fact]
    public Task DeletedSession_LeavesNoSurvivor() => RaceAsync(204, pair => Client.SendAsync(HttpMethod.Delete, $"/api/sessions/{Jwt.Claim(pair.Access, "sid")}", pair.Access));

    [Fact]
    public Task RevokedRefreshToken_LeavesNoSurvivor() => RaceAsync(200, pair => _oauth.RevokeAsync(pair.Refresh));

    [Fact]
    public Task RevokedAccessToken_LeavesNoSurvivor() => RaceAsync(200, pair => _oauth.RevokeAsync(pair.Access));

    private async Task RaceAsync(int status, Func<Reply, Task<Reply>> end)
    {
        for (var round = 0; round < 5; round++)
        {
            var first = await Client.ObtainAsync();
            var refreshing = Client.RefreshManyAsync(first.Refresh, 6);
            Assert.Equal(status, (await end(first)).Status);
            foreach (var answer in (await refreshing).Append(first))
            {
                if (answer.Status == 200) await AssertDeadAsync(answer);
                else answer.Is(401, Reply.TokenNotValid("Token is blacklisted"));
            }
        }
    }

    private async Task AssertDeadAsync(Reply pair)
    {
        (await Client.VerifyAsync(pair.Access)).Is(400, """{"non_field_errors":["Token is blacklisted"]}""");
        (await Client.RefreshAsync(pair.Refresh)).Is(401, Reply.TokenNotValid("Token is blacklisted"));
    }
}
