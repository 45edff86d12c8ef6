using System.Net.Http.Headers;
using System.Net.Http.Json;
using FrontDoor.TestKit;
using FrontDoor.TokenService.Tests.Administration;
using FrontDoor.TokenService.Tests.Audit;
using FrontDoor.TokenService.Tests.Storage;
using Xunit;

namespace FrontDoor.TokenService.Tests.Users;

public sealed class SqliteEndedByChangeTests(SqliteStore store) : EndedByChangeContract(store), IClassFixture<SqliteStore>;

public sealed class PostgreSqlEndedByChangeTests(PostgreSqlStore store) : EndedByChangeContract(store), IClassFixture<PostgreSqlStore>;

/// <summary>What a change of the user does to the sessions where the settings say otherwise than by default, the same on every database.</summary>
public abstract class EndedByChangeContract
{
    private const string New = "another long password";

    private readonly TestStore _store;

    protected EndedByChangeContract(TestStore store) => (_store, store.Services) = (store, new FastHasher().Replace);

    [Theory]
    [InlineData("EndAllSessions", 401, 401)]
    [InlineData("KeepSessions", 200, 200)]
    [InlineData("EndOtherSessions", 200, 401)]
    public async Task PasswordChange_EndsWhatIsConfigured(string setting, int here, int elsewhere)
    {
        await using var app = await _store.StartApartAsync(null, ("Users:OnPasswordChange", setting));
        using var client = new TokenClient(app.Address);
        Reply[] pairs = [await client.ObtainAsync(), await client.ObtainAsync()];
        (await client.PostAsync(
            "/api/password/", JsonContent.Create(new { old_password = TokenServiceApp.Password, new_password = New }), new AuthenticationHeaderValue("Bearer", pairs[0].Access))).Is(200, "{}");
        Assert.Equal((here, elsewhere), ((await client.RefreshAsync(pairs[0].Refresh)).Status, (await client.RefreshAsync(pairs[1].Refresh)).Status));
        Assert.Equal(401, (await client.ObtainAsync()).Status);
        (await client.ObtainAsync("alice", New)).Succeeded();
    }

    [Fact]
    public async Task SuspendedUser_CannotRefreshUntilEnabled()
    {
        await using var app = await _store.StartApartAsync(null, ("Users:OnDisable", "Suspend"));
        using var client = new TokenClient(app.Address);
        var admin = await AdminClient.SignInAsync(client);
        var (pair, alice) = (await client.ObtainAsync(), await app.IdAsync("alice"));
        (await admin.PostAsync($"/users/{alice}/disable")).Is(200, """{"ended":0}""");
        (await client.RefreshAsync(pair.Refresh)).Is(401, """{"detail":"No active account found for the given token."}""");
        Assert.Equal(401, (await client.ObtainAsync()).Status);
        (await admin.PostAsync($"/users/{alice}/enable")).Succeeded();
        (await client.RefreshAsync(pair.Refresh)).Succeeded();
    }
}
