using System.Text.Json;
using FrontDoor.TestKit;
using FrontDoor.TokenService.Tests.Storage;
using Xunit;

namespace FrontDoor.TokenService.Tests.RefreshTokens;

public sealed class SqliteScopeTests(SqliteStore store) : ScopeContract(store), IClassFixture<SqliteStore>;

public sealed class PostgreSqlScopeTests(PostgreSqlStore store) : ScopeContract(store), IClassFixture<PostgreSqlStore>;

/// <summary>Tokens with fewer scopes than the user may have (RFC 6749 sections 3.3 and 6), the same on every database.</summary>
public abstract class ScopeContract(TestStore store) : IAsyncLifetime
{
    private const string Beyond = """{"scope":["It asks for a scope that may not be had here."]}""";

    private TokenClient Client => store.Client;

    public async ValueTask InitializeAsync() => await store.StartAsync();

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task SignInThatAsksForFewer_KeepsThemThroughRefresh()
    {
        var first = await Client.ObtainScopedAsync("root", "orders:read");
        var second = await Client.RefreshAsync(first.Refresh);
        var third = await Client.RefreshAsync(second.Refresh);
        foreach (var pair in new[] { first, second, third }) Assert.Equal("orders:read", Jwt.Claim(pair.Access, "scope"));
        Assert.Equal("orders:read orders:write", Jwt.Claim((await Client.ObtainAsync("root")).Access, "scope"));
    }

    [Fact]
    public async Task ScopesAreEachOnceInAStableOrder() =>
        Assert.Equal("orders:read orders:write", Jwt.Claim((await Client.ObtainScopedAsync("root", "  orders:write orders:read  orders:write ")).Access, "scope"));

    [Theory]
    [InlineData("orders:write")]
    [InlineData("orders:read orders:write")]
    [InlineData("ORDERS:READ")]
    [InlineData("unknown")]
    public async Task SignInThatAsksForMore_IsRefusedAndMakesNoSession(string scope)
    {
        var name = await store.App.AddUserAsync();
        (await Client.ObtainScopedAsync(name, scope)).Is(400, Beyond);
        var pair = await Client.ObtainAsync(name);
        Assert.Single(JsonElement.Parse((await Client.SendAsync(HttpMethod.Get, "/api/sessions", pair.Access)).Body).EnumerateArray());
    }

    [Fact]
    public async Task WrongPassword_LearnsNothingOfScopes() => (await Client.PostAsync("/api/token/", """{"username":"root","password":"wrong","scope":"unknown"}"""))
        .Is(401, """{"detail":"No active account found with the given credentials"}""");

    [Fact]
    public async Task RefreshThatAsksForFewer_NarrowsThisAccessTokenAlone()
    {
        var pair = await Client.ObtainAsync("root");
        var narrow = await Client.RefreshScopedAsync(pair.Refresh, "orders:write");
        // The same rotation, asked for otherwise: another token, and no third kind of answer for the same question.
        var whole = await Client.RefreshAsync(pair.Refresh);
        var again = await Client.RefreshScopedAsync(pair.Refresh, "orders:write");

        Assert.Equal(("orders:write", "orders:read orders:write"), (Jwt.Claim(narrow.Access, "scope"), Jwt.Claim(whole.Access, "scope")));
        Assert.NotEqual(Jwt.Claim(narrow.Access, "jti"), Jwt.Claim(whole.Access, "jti"));
        Assert.Equal(Jwt.Read(narrow.Access).Payload, Jwt.Read(again.Access).Payload);
        Assert.Equal(Jwt.Read(narrow.Refresh).Payload, Jwt.Read(whole.Refresh).Payload);
        Assert.Equal("orders:read orders:write", Jwt.Claim((await Client.RefreshAsync(narrow.Refresh)).Access, "scope"));
    }

    [Fact]
    public async Task RefreshThatAsksForMoreThanTheSignIn_IsRefusedAndDoesNotUseTheTokenUp()
    {
        var pair = await Client.ObtainScopedAsync("root", "orders:read");
        (await Client.RefreshScopedAsync(pair.Refresh, "orders:read orders:write")).Is(400, Beyond);
        store.Clock.Advance(TimeSpan.FromSeconds(11)); // past the grace interval: a used token would end the session
        Assert.Equal("1", Jwt.Claim((await Client.RefreshAsync(pair.Refresh)).Refresh, "ctr"));
    }

    [Fact]
    public async Task RoleTakenAway_TakesItsScopesOutOfTheSession()
    {
        var name = await store.App.AddUserAsync();
        await store.App.GiveRoleAsync(name, "admin");
        var pair = await Client.ObtainScopedAsync(name, "orders:read orders:write");
        await store.App.TakeRoleAsync(name, "admin");
        (await Client.RefreshScopedAsync(pair.Refresh, "orders:write")).Is(400, Beyond);
        Assert.Equal("orders:read", Jwt.Claim((await Client.RefreshAsync(pair.Refresh)).Access, "scope"));
    }

    [Fact]
    public async Task RoleGivenLater_AddsNothingToANarrowSession()
    {
        var name = await store.App.AddUserAsync();
        var pair = await Client.ObtainScopedAsync(name, "orders:read");
        await store.App.GiveRoleAsync(name, "admin");
        Assert.Equal("orders:read", Jwt.Claim((await Client.RefreshAsync(pair.Refresh)).Access, "scope"));
    }

    [Fact]
    public async Task RefreshOfADeadSession_SaysSoWhateverItAsksFor()
    {
        var pair = await Client.ObtainAsync();
        await Client.BlacklistAsync(pair.Refresh);
        (await Client.RefreshScopedAsync(pair.Refresh, "unknown")).Is(401, Reply.TokenNotValid("Token is blacklisted"));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("\"\"")]
    [InlineData("\"  \"")]
    public async Task EmptyScope_AsksForNothingInParticular(string scope)
    {
        var answer = await Client.PostAsync("/api/token/", $$"""{"username":"root","password":"{{TokenServiceApp.Password}}","scope":{{scope}}}""");
        Assert.Equal("orders:read orders:write", Jwt.Claim(answer.Access, "scope"));
    }

    [Theory]
    [InlineData("\"a\\\"b\"", "Not a valid scope.")]
    [InlineData("\"orders:read\\norders:write\"", "Not a valid scope.")]
    [InlineData("\"é\"", "Not a valid scope.")]
    [InlineData("[\"orders:read\"]", "Not a valid string.")]
    [InlineData("true", "Not a valid string.")]
    [InlineData("\"a\\u0000\"", "Null characters are not allowed.")]
    [InlineData("\"a\\ud800\"", "Surrogate characters are not allowed: U+D800.")]
    public async Task ScopeThatIsNone_Is400(string scope, string fault)
    {
        var pair = await Client.ObtainAsync();
        (await Client.PostAsync("/api/token/", $$"""{"username":"alice","password":"x","scope":{{scope}}}""")).Is(400, $$"""{"scope":["{{fault}}"]}""");
        (await Client.PostAsync("/api/token/refresh/", $$"""{"refresh":"{{pair.Refresh}}","scope":{{scope}}}""")).Is(400, $$"""{"scope":["{{fault}}"]}""");
        Assert.Equal("1", Jwt.Claim((await Client.RefreshAsync(pair.Refresh)).Refresh, "ctr"));
    }

    [Fact]
    public async Task ScopeLongerThanItsColumn_Is400() =>
        (await Client.ObtainScopedAsync("alice", new string('s', 2049))).Is(400, """{"scope":["Ensure this field has no more than 2048 characters."]}""");
}
