using System.Text.Json;
using FrontDoor.TokenService.Tests.Storage;
using FrontDoor.TokenService.Users;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace FrontDoor.TokenService.Tests.AccessTokens;

public sealed class SqliteCustomClaimTests(SqliteStore store) : CustomClaimContract(store), IClassFixture<SqliteStore>;

public sealed class PostgreSqlCustomClaimTests(PostgreSqlStore store) : CustomClaimContract(store), IClassFixture<PostgreSqlStore>;

/// <summary>Claims from user fields, the same on every database.</summary>
public abstract class CustomClaimContract(TestStore store) : IAsyncLifetime
{
    private TokenClient Client => store.Client;

    public async ValueTask InitializeAsync()
    {
        store.Settings["AccessTokens:Claims:email"] = "Email";
        store.Settings["AccessTokens:Claims:email_verified"] = "EmailConfirmed";
        store.Settings["AccessTokens:Claims:nickname"] = "DisplayName";
        store.Settings["AccessTokens:Claims:phone_number"] = "PhoneNumber";
        store.Settings["AccessTokens:Claims:preferred_username"] = "UserName";
        store.Settings["AccessTokens:Claims:department"] = "claim:department";
        await store.StartAsync();
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task ConfiguredClaims_AreInAccessTokensAndReadAnewAtRefresh()
    {
        var name = await store.App.AddUserAsync();
        var pair = await Client.ObtainAsync(name);
        var token = Jwt.Read(pair.Access);
        Assert.Equal((Rows.Email(name), "False", name), (token.Claim("email"), token.Claim("email_verified"), token.Claim("preferred_username")));
        Assert.Equal(JsonValueKind.False, JsonElement.Parse(token.Payload).GetProperty("email_verified").ValueKind);
        Assert.Equal((null, null, null), (token.Claim("nickname"), token.Claim("phone_number"), token.Claim("department")));
        Assert.DoesNotContain("email", Jwt.Read(pair.Refresh).Names);

        await SetAsync(name, new("new@example.com", EmailConfirmed: true, "Zoë \"Q\" {0}", "+49 30 1", ["department=sales, 'x'"]));
        token = Jwt.Read((await Client.RefreshAsync(pair.Refresh)).Access);
        Assert.Equal(("new@example.com", "True", "Zoë \"Q\" {0}"), (token.Claim("email"), token.Claim("email_verified"), token.Claim("nickname")));
        Assert.Equal(("+49 30 1", "sales, 'x'"), (token.Claim("phone_number"), token.Claim("department")));
    }

    [Fact]
    public async Task SeveralClaimsOfAType_AreAnArrayAndAreReplacedTogether()
    {
        var name = await store.App.AddUserAsync();
        await SetAsync(name, new(Claims: ["department=b", "department=a", "other=never seen"]));
        var pair = await Client.ObtainAsync(name);
        Assert.Equal("""["b","a"]""", Jwt.Claim(pair.Access, "department"));
        Assert.Null(Jwt.Claim(pair.Access, "other"));

        await SetAsync(name, new(Claims: ["department=c"]));
        pair = await Client.RefreshAsync(pair.Refresh);
        Assert.Equal("c", Jwt.Claim(pair.Access, "department"));
        await SetAsync(name, new(Claims: ["department="]));
        Assert.Null(Jwt.Claim((await Client.RefreshAsync(pair.Refresh)).Access, "department"));
    }

    [Fact]
    public async Task ParallelRefreshes_ShareTheirClaims()
    {
        var name = await store.App.AddUserAsync();
        var pair = await Client.ObtainAsync(name);
        var answers = await Client.RefreshManyAsync(pair.Refresh, 10);
        Assert.Contains("\"email\":", Assert.Single(answers.Select(a => Jwt.Read(a.Access).Payload).Distinct()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no-sign", "'no-sign' is not type=value")]
    [InlineData("=value", "'=value' is not type=value")]
    [InlineData("a type=value", "'a type=value' is not type=value")]
    [InlineData("department=line\nbreak", "A value has at most 256 characters and no control characters")]
    public async Task ClaimThatIsNone_IsRefusedAndChangesNothing(string claim, string fault)
    {
        var name = await store.App.AddUserAsync();
        Assert.Equal(fault, (await Assert.ThrowsAsync<AdministrationException>(() => SetAsync(name, new(DisplayName: "changed", Claims: [claim])))).Message);
        Assert.Equal(name, Jwt.Claim((await Client.ObtainAsync(name)).Access, "name"));
    }

    [Theory]
    [InlineData("not an address")]
    [InlineData("two@at@example.com")]
    public async Task AddressThatIsNone_IsRefused(string email)
    {
        var name = await store.App.AddUserAsync();
        Assert.Equal($"'{email}' is not an e-mail address", (await Assert.ThrowsAsync<AdministrationException>(() => SetAsync(name, new(email)))).Message);
    }

    private async Task SetAsync(string userName, UserFieldChanges changes)
    {
        await using var scope = store.App.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<UserFields>().SetAsync(userName, changes, TestContext.Current.CancellationToken);
    }
}
