using System.Text.Json;
using FrontDoor.TokenService.Tests.Audit;
using FrontDoor.TokenService.Tests.Revocations;
using FrontDoor.TokenService.Tests.Storage;
using Xunit;

namespace FrontDoor.TokenService.Tests.Clients;

public sealed class SqliteRevokeAndIntrospectTests(SqliteStore store) : RevokeAndIntrospectContract(store), IClassFixture<SqliteStore>;

public sealed class PostgreSqlRevokeAndIntrospectTests(PostgreSqlStore store) : RevokeAndIntrospectContract(store), IClassFixture<PostgreSqlStore>;

/// <summary>RFC 7009 and RFC 7662, the same on every database.</summary>
public abstract class RevokeAndIntrospectContract(TestStore store) : IAsyncLifetime
{
    private OAuthClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        await store.StartAsync();
        _client = await OAuthClient.AddAsync(store);
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task UsersAccessToken_IsDescribed()
    {
        var token = (await store.Client.ObtainAsync("root")).Access;
        var jwt = Jwt.Read(token);
        (await _client.IntrospectAsync(token)).Is(200, Json(
            ("scope", "orders:read orders:write"), ("username", "root"), ("token_type", "Bearer"), ("exp", jwt.Time("exp")), ("iat", jwt.Time("iat")),
            ("sub", jwt.Claim("sub")!), ("aud", "front-door"), ("iss", "http://localhost:8080"), ("jti", jwt.Claim("jti")!), ("sid", jwt.Claim("sid")!)));
    }

    [Fact]
    public async Task RefreshToken_IsDescribed()
    {
        var pair = await store.Client.ObtainAsync();
        var jwt = Jwt.Read(pair.Refresh);
        (await _client.IntrospectAsync(pair.Refresh)).Is(200, Json(
            ("username", "alice"), ("token_type", "refresh_token"), ("exp", jwt.Time("exp")), ("iat", jwt.Time("iat")), ("sub", jwt.Claim("user_id")!),
            ("aud", "http://localhost:8080"), ("iss", "http://localhost:8080"), ("jti", jwt.Claim("jti")!), ("sid", jwt.Claim("sid")!)));
    }

    [Fact]
    public async Task ClientsToken_IsDescribedToEveryClient()
    {
        var owner = await OAuthClient.AddAsync(store, audience: "elsewhere");
        var token = await owner.AccessAsync();
        var jwt = Jwt.Read(token);
        (await _client.IntrospectAsync(token)).Is(200, Json(
            ("scope", "orders:read orders:write"), ("client_id", owner.Id), ("token_type", "Bearer"), ("exp", jwt.Time("exp")), ("iat", jwt.Time("iat")),
            ("sub", owner.Id), ("aud", "elsewhere"), ("iss", "http://localhost:8080"), ("jti", jwt.Claim("jti")!)));
    }

    [Fact]
    public async Task SupersededRefreshToken_IsNotActive_TheCurrentOneIs()
    {
        var pair = await store.Client.ObtainAsync();
        var next = await store.Client.RefreshAsync(pair.Refresh);
        Assert.Equal((false, true, true, true),
            (await _client.IsActiveAsync(pair.Refresh), await _client.IsActiveAsync(next.Refresh), await _client.IsActiveAsync(pair.Access), await _client.IsActiveAsync(next.Access)));
        (await store.Client.RefreshAsync(next.Refresh)).Succeeded(); // looking did not end the session
    }

    [Fact]
    public async Task EndedSession_IsNotActive()
    {
        var pair = await store.Client.ObtainAsync();
        (await store.Client.BlacklistAsync(pair.Refresh)).Succeeded();
        Assert.Equal((false, false), (await _client.IsActiveAsync(pair.Access), await _client.IsActiveAsync(pair.Refresh)));
    }

    [Fact]
    public async Task DisabledUser_IsNotActive()
    {
        var name = await store.App.AddUserAsync();
        var pair = await store.Client.ObtainAsync(name);
        await store.App.DisableAsync(name);
        Assert.Equal((false, false), (await _client.IsActiveAsync(pair.Access), await _client.IsActiveAsync(pair.Refresh)));
    }

    [Fact]
    public async Task ExpiredToken_IsNotActive()
    {
        var (pair, own) = (await store.Client.ObtainAsync(), await _client.AccessAsync());
        store.Clock.Advance(TimeSpan.FromSeconds(299));
        Assert.True(await _client.IsActiveAsync(own));
        store.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((false, false, true), (await _client.IsActiveAsync(own), await _client.IsActiveAsync(pair.Access), await _client.IsActiveAsync(pair.Refresh)));
    }

    [Theory]
    [InlineData("x")]
    [InlineData("a.b.c")]
    [InlineData("eyJhbGciOiJub25lIn0.e30.")]
    [InlineData("%00")]
    [InlineData("😀")]
    public async Task WhatIsNoToken_IsNotActiveAndRevokedWithSuccess(string text)
    {
        Assert.False(await _client.IsActiveAsync(text));
        (await _client.RevokeAsync(text)).Is(200, "");
    }

    [Fact]
    public async Task WrongSignatureOrForeignIssuer_IsNotActiveAndEndsNothing()
    {
        var pair = await store.Client.ObtainAsync();
        await using var other = FrontDoor.TestKit.TokenServiceApp.Start(time: store.Clock);
        using var otherClient = new TokenClient(other.Address);
        foreach (var token in new[] { Jwt.Read(pair.Access).With(signature: new byte[64]), Jwt.Read(pair.Refresh).With(signature: new byte[64]), (await otherClient.ObtainAsync()).Access })
        {
            Assert.False(await _client.IsActiveAsync(token));
            (await _client.RevokeAsync(token)).Is(200, "");
        }

        Assert.True(await _client.IsActiveAsync(pair.Refresh));
    }

    [Fact]
    public async Task TokenTooLongToBeOurs_IsNotActive() => Assert.False(await _client.IsActiveAsync(new string('x', 60_000)));

    [Theory]
    [InlineData(true, null)]
    [InlineData(true, "refresh_token")]
    [InlineData(true, "access_token")]
    [InlineData(true, "no such hint")]
    [InlineData(false, "access_token")]
    [InlineData(false, "refresh_token")]
    public async Task RevokedTokenOfASession_EndsTheSessionWhateverTheHint(bool refresh, string? hint)
    {
        var pair = await store.Client.ObtainAsync();
        var bystander = await store.Client.ObtainAsync();
        await using var feed = await FeedClient.OpenAsync(store.App);
        await feed.NextAsync();
        var token = refresh ? pair.Refresh : pair.Access;
        var answer = hint is null ? await _client.RevokeAsync(token) : await _client.PostAsync("/oauth/revoke", ("token", token), ("token_type_hint", hint));
        answer.Is(200, "");
        Assert.Equal(("no-store", "no-cache"), (answer.Header("Cache-Control"), answer.Header("Pragma")));

        Assert.Equal([$"session:{Jwt.Claim(pair.Access, "sid")}"], (await feed.NextAsync()).Entries);
        Assert.Equal((false, false), (await _client.IsActiveAsync(pair.Access), await _client.IsActiveAsync(pair.Refresh)));
        (await store.Client.RefreshAsync(pair.Refresh)).Is(401, Reply.TokenNotValid("Token is blacklisted"));
        (await _client.RevokeAsync(token)).Is(200, "");
        Assert.True(await _client.IsActiveAsync(bystander.Access));
        var sid = Jwt.Claim(pair.Access, "sid");
        Assert.Equal(_client.Id, Assert.Single(await store.App.AuditAsync(e => e.Event == "session.ended" && e.Subject == sid)).Actor);
    }

    [Fact]
    public async Task RevokedOwnToken_EndsAlone()
    {
        var (revoked, kept) = (await _client.AccessAsync(), await _client.AccessAsync());
        await using var feed = await FeedClient.OpenAsync(store.App);
        await feed.NextAsync();
        (await _client.RevokeAsync(revoked)).Is(200, "");
        (await _client.RevokeAsync(revoked)).Is(200, "");
        var (client, detail) = (Jwt.Claim(revoked, "client_id"), $"jti {Jwt.Claim(revoked, "jti")}");
        var row = Assert.Single(await store.App.AuditAsync(e => e.Event == "token.revoked" && e.Detail == detail));
        Assert.Equal((client, client), (row.Actor, row.Subject));
        Assert.Equal([$"token:{Jwt.Claim(revoked, "jti")}"], (await feed.NextAsync()).Entries);
        Assert.Equal((false, true), (await _client.IsActiveAsync(revoked), await _client.IsActiveAsync(kept)));
        (await _client.TokenAsync()).Succeeded();
    }

    [Fact]
    public async Task TokenOfAnotherClient_IsRefusedAndLivesOn()
    {
        var token = await (await OAuthClient.AddAsync(store)).AccessAsync();
        var answer = await _client.RevokeAsync(token);
        Assert.Equal((400, "unauthorized_client"), (answer.Status, JsonElement.Parse(answer.Body).GetProperty("error").GetString()));
        Assert.True(await _client.IsActiveAsync(token));
    }

    private static string Json(params (string Name, object Value)[] members) => JsonSerializer.Serialize(new[] { ("active", (object)true) }.Concat(members).ToDictionary(m => m.Item1, m => m.Item2));
}
