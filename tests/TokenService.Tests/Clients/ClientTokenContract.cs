using System.Text.Json;
using FrontDoor.TokenService.Tests.Revocations;
using FrontDoor.TokenService.Tests.Storage;
using FrontDoor.TokenService.Users;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace FrontDoor.TokenService.Tests.Clients;

public sealed class SqliteClientTokenTests(SqliteStore store) : ClientTokenContract(store), IClassFixture<SqliteStore>;

public sealed class PostgreSqlClientTokenTests(PostgreSqlStore store) : ClientTokenContract(store), IClassFixture<PostgreSqlStore>;

/// <summary>Tokens that clients get for themselves, and how they and their secrets end, the same on every database.</summary>
public abstract class ClientTokenContract(TestStore store) : IAsyncLifetime
{
    public async ValueTask InitializeAsync() => await store.StartAsync();

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Token_IsAnAccessTokenOfTheClientAndOfNoUser()
    {
        var client = await OAuthClient.AddAsync(store);
        var answer = (await client.TokenAsync()).Succeeded();
        Assert.Equal(("no-store", "no-cache", "application/json"), (answer.Header("Cache-Control"), answer.Header("Pragma"), answer.Header("Content-Type")));
        var body = JsonElement.Parse(answer.Body);
        Assert.Equal(["access_token", "token_type", "expires_in", "scope"], body.EnumerateObject().Select(p => p.Name));
        Assert.Equal(("Bearer", 300, "orders:read orders:write"),
            (body.GetProperty("token_type").GetString(), body.GetProperty("expires_in").GetInt32(), body.GetProperty("scope").GetString()));

        var token = body.GetProperty("access_token").GetString()!;
        var jwt = Jwt.Read(token);
        Assert.Equal("at+jwt", JsonElement.Parse(jwt.Header).GetProperty("typ").GetString());
        Assert.Equal(["iss", "sub", "client_id", "aud", "exp", "iat", "jti", "token_type", "scope", "client_registration"], jwt.Names);
        Assert.Equal((client.Id, client.Id, "http://localhost:8080", "front-door"), (jwt.Claim("sub"), jwt.Claim("client_id"), jwt.Claim("iss"), jwt.Claim("aud")));
        Assert.Equal(("access", "orders:read orders:write"), (jwt.Claim("token_type"), jwt.Claim("scope")));
        Assert.Equal((store.Clock.GetUtcNow().ToUnixTimeSeconds(), 300), (jwt.Time("iat"), jwt.Time("exp") - jwt.Time("iat")));
        Assert.Matches("^[0-9a-f]{32}$", jwt.Claim("jti"));
        Assert.NotEqual(jwt.Claim("jti"), Jwt.Claim(await client.AccessAsync(), "jti"));
        Assert.True(PublicKey.Verifies(token, JsonElement.Parse((await store.Client.GetAsync("/.well-known/jwks.json")).Body)));
    }

    [Theory]
    [InlineData("orders:read", "orders:read")]
    [InlineData("orders:write orders:read", "orders:read orders:write")]
    [InlineData("orders:read orders:read", "orders:read")]
    [InlineData("", "orders:read orders:write")] // RFC 6749 section 3.2: without a value is as if omitted
    public async Task AskedScopes_AreAllThatTheTokenHas(string asked, string granted)
    {
        var answer = JsonElement.Parse((await (await OAuthClient.AddAsync(store)).TokenAsync(asked)).Succeeded().Body);
        Assert.Equal(granted, answer.GetProperty("scope").GetString());
        Assert.Equal(granted, Jwt.Claim(answer.GetProperty("access_token").GetString()!, "scope"));
    }

    [Fact]
    public async Task OwnAudience_IsTheTokens() =>
        Assert.Equal("https://other.test/", Jwt.Claim(await (await OAuthClient.AddAsync(store, audience: "https://other.test/")).AccessAsync(), "aud"));

    [Theory]
    [InlineData("a:b", "colons: in: both: parts: of: the: pair!")]
    [InlineData("a+b%2Bc", "plus + and percent % and 100%25 and more of it")]
    [InlineData("!\"#$&'()*,/;<=>?@[]^`{|}~", "!\"#$&'()*,/;<=>?@[]^`{|}~ and so on, and so on")]
    [InlineData("plain", "Zoë's geheimes Wort: äöü 日本語 😀😀😀😀😀😀")]
    public async Task SpecialCharacters_ArePartOfIdAndSecretInHeaderAndBody(string id, string secret)
    {
        var client = await OAuthClient.AddAsync(store, id: id, secret: secret);
        Assert.Equal(id, Jwt.Claim(await client.AccessAsync(), "sub"));
        (await store.Client.PostAsync("/oauth/token", OAuthClient.Form(("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret)))).Succeeded();
        Assert.Equal(401, (await (client with { Secret = secret + "x" }).TokenAsync()).Status);
    }

    [Fact]
    public async Task UsersId_IsNoClients()
    {
        var user = new User { Id = "taken-" + Guid.NewGuid().ToString("N"), UserName = "u" + Guid.NewGuid().ToString("N") };
        await store.App.QueryAsync(db =>
        {
            db.Users.Add(user);
            return db.SaveChangesAsync();
        });
        var fault = await Assert.ThrowsAsync<AdministrationException>(() => OAuthClient.AddAsync(store, id: user.Id));
        Assert.Equal($"The id '{user.Id}' is taken", fault.Message);
    }

    [Fact]
    public async Task RotatedSecret_BothAreTakenForADay_ThenTheNewOneAlone()
    {
        var first = await OAuthClient.AddAsync(store);
        var second = await first.RotateAsync();
        (await first.TokenAsync()).Succeeded();
        (await second.TokenAsync()).Succeeded();
        store.Clock.Advance(TimeSpan.FromHours(24) - TimeSpan.FromMilliseconds(1));
        (await first.TokenAsync()).Succeeded();
        store.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(401, (await first.TokenAsync()).Status);
        (await second.TokenAsync()).Succeeded();
    }

    [Fact]
    public async Task RotatedTwice_TheFirstSecretIsRefused()
    {
        var first = await OAuthClient.AddAsync(store);
        var second = await first.RotateAsync();
        var third = await second.RotateAsync();
        Assert.Equal((401, 200, 200), ((await first.TokenAsync()).Status, (await second.TokenAsync()).Status, (await third.TokenAsync()).Status));
    }

    [Fact]
    public async Task RotatedAtOnce_ThePreviousSecretIsRefused()
    {
        var first = await OAuthClient.AddAsync(store);
        var second = await first.RotateAsync(now: true);
        Assert.Equal((401, 200), ((await first.TokenAsync()).Status, (await second.TokenAsync()).Status));
    }

    [Fact]
    public async Task RemovedClient_GetsNoTokenAndItsLivingOnesAreRevoked_ANewOneOfThatIdIsNot()
    {
        var client = await OAuthClient.AddAsync(store);
        var token = await client.AccessAsync();
        await using var feed = await FeedClient.OpenAsync(store.App);
        await feed.NextAsync();
        await client.RemoveAsync();
        var removed = store.Clock.GetUtcNow();
        Assert.Equal(401, (await client.TokenAsync()).Status);
        var delta = await feed.NextAsync();
        Assert.Equal([$"client:{Jwt.Claim(token, "client_registration")}"], delta.Entries);
        Assert.Equal((removed.AddMinutes(61).ToUnixTimeMilliseconds() + 999) / 1000, delta.Expires[0]);

        store.Clock.Advance(TimeSpan.FromMilliseconds(1));
        var again = await OAuthClient.AddAsync(store, id: client.Id);
        var newToken = await again.AccessAsync();
        Assert.NotEqual(Jwt.Claim(token, "client_registration"), Jwt.Claim(newToken, "client_registration"));
        Assert.False(await again.IsActiveAsync(token));
        Assert.True(await again.IsActiveAsync(newToken));
        Assert.Equal(401, (await client.TokenAsync()).Status);
    }

    [Fact]
    public async Task ClientsToken_IsNoUsersToken()
    {
        var token = await (await OAuthClient.AddAsync(store)).AccessAsync();
        (await store.Client.SendAsync(HttpMethod.Get, "/api/sessions", token)).Is(401, Reply.TokenNotValid("Token contained no recognizable user identification"));
        (await store.Client.RefreshAsync(token)).Is(401, Reply.TokenNotValid("Token is invalid"));
        (await store.Client.BlacklistAsync(token)).Is(401, Reply.TokenNotValid("Token is invalid"));
    }

    [Fact]
    public async Task SecretAndItsRotation_LeaveOnlyDigestsInTheDatabase()
    {
        var first = await OAuthClient.AddAsync(store);
        var second = await first.RotateAsync();
        var row = await store.App.QueryAsync(db => db.Clients.AsNoTracking().SingleAsync(c => c.Id == first.Id));
        Assert.Matches("^[0-9a-f]{64}$", row.SecretHash);
        Assert.Matches("^[0-9a-f]{64}$", row.PreviousSecretHash);
        Assert.DoesNotContain(second.Secret, row.SecretHash, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Audit_TellsWhatWasDoneAndNoSecret()
    {
        var client = await OAuthClient.AddAsync(store);
        await client.RotateAsync();
        await (client with { Secret = "wrong" }).TokenAsync();
        await (client with { Id = client.Secret }).TokenAsync();
        await client.RemoveAsync();
        var rows = await store.App.QueryAsync(db => db.Audit.AsNoTracking().Where(e => e.Event.StartsWith("client.")).OrderBy(e => e.Id).ToListAsync());
        Assert.Equal(
            ["client.added success orders:read orders:write", "client.secret-rotated success ", "client.authentication-failed failure wrong secret", "client.removed success "],
            rows.Where(e => e.Subject == client.Id).Select(e => $"{e.Event} {e.Outcome} {e.Detail}"));
        Assert.Contains(rows, e => e is { Event: "client.authentication-failed", Subject: null, Detail: "unknown client", Address: "127.0.0.1" });
        Assert.DoesNotContain(rows, e => $"{e.Actor}{e.Subject}{e.Detail}".Contains(client.Secret, StringComparison.Ordinal));
    }
}
