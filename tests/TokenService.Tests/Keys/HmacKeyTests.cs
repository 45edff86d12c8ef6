using System.Text;
using System.Text.Json;
using FrontDoor.TestKit;
using FrontDoor.TokenService.Keys;
using FrontDoor.TokenService.Tests.Storage;
using FrontDoor.TokenService.Tests.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace FrontDoor.TokenService.Tests.Keys;

/// <summary>HMAC keys out of the secret file: they sign and verify, are never published, and change with the file.</summary>
public sealed class HmacKeyTests : IAsyncDisposable
{
    private static readonly TimeSpan PublishAhead = TimeSpan.FromMinutes(10);

    private readonly SqliteStore _store = new() { Services = new FastHasher().Replace };

    private TokenClient Client => _store.Client;

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Theory]
    [InlineData("HS256", 32)]
    [InlineData("HS384", 48)]
    [InlineData("HS512", 64)]
    public async Task Algorithm_SignsBothTokensAndPublishesNothing(string algorithm, int signatureBytes)
    {
        await StartAsync(algorithm, $"a:{algorithm}");
        var pair = await Client.ObtainAsync();
        foreach (var token in new[] { pair.Access, pair.Refresh })
        {
            Assert.Equal((algorithm, "a"), (Header(token, "alg"), Header(token, "kid")));
            Assert.Equal(signatureBytes, Jwt.Read(token).Signature.Length);
            var dot = token.LastIndexOf('.');
            Assert.Equal(Hmac.Signature(Hmac.KeyOf("a"), algorithm, token[..dot]), token[(dot + 1)..]);
            (await Client.VerifyAsync(token)).Is(200, "{}");
        }

        (await Client.RefreshAsync(pair.Refresh)).Succeeded();
        (await Client.GetAsync("/.well-known/jwks.json")).Is(200, """{"keys":[]}""");
        Assert.Contains("\"id_token_signing_alg_values_supported\":[]", (await Client.GetAsync("/.well-known/openid-configuration")).Body, StringComparison.Ordinal);
        Assert.Empty(await _store.App.QueryAsync(db => db.SigningKeys.Select(k => k.SealedPrivateKey).SingleAsync()));
        Assert.DoesNotContain(_store.App.Logs.All, l => l.Contains(Convert.ToBase64String(Hmac.KeyOf("a")), StringComparison.Ordinal));
    }

    [Fact]
    public async Task NextSecret_BecomesCurrentWithoutARestartAndEveryTokenGoesOn()
    {
        await StartAsync("HS256", "a:HS256");
        var first = await Client.ObtainAsync();
        Write("a:HS256", next: "b:HS256");
        await KnowsAsync("b");
        Assert.Equal("a", Header((await Client.ObtainAsync()).Access, "kid"));

        Write("b:HS256", previous: "a:HS256");
        await TickUntilAsync(() => _store.App.Services.GetRequiredService<KeyRing>().Find("b") is not null, "b is in the ring");
        Assert.Equal("a", Header((await Client.ObtainAsync()).Access, "kid"));
        _store.Clock.Advance(PublishAhead);
        var second = (await Client.RefreshAsync(first.Refresh)).Succeeded();
        Assert.Equal("b", Header(second.Access, "kid"));
        (await Client.VerifyAsync(first.Access)).Is(200, "{}");
        (await Client.RefreshAsync(second.Refresh)).Succeeded();
    }

    [Fact]
    public async Task SecretReplacedWithoutOverlap_SignsAtOnceAndTheOldOnesTokensAreRefused()
    {
        await StartAsync("HS256", "a:HS256");
        var pair = await Client.ObtainAsync();
        Write("b:HS256");
        await TickUntilAsync(() => _store.App.Services.GetRequiredService<KeyRing>().Find("a") is null, "a has left the ring");
        Assert.Equal("b", Header((await Client.ObtainAsync()).Access, "kid"));
        (await Client.VerifyAsync(pair.Access)).Is(401, Reply.TokenNotValid("Token is invalid"));
        Assert.Contains(_store.App.Logs.All, l => l.Contains("The secret of key a is not in Keys:SecretFile any more", StringComparison.Ordinal));
    }

    [Fact]
    public async Task SecretChangedUnderItsName_CountsAtOnce()
    {
        await StartAsync("HS256", "a:HS256");
        var pair = await Client.ObtainAsync();
        var secret = Convert.ToBase64String(Hmac.KeyOf("other"));
        _store.Folder.WritePrivate("secrets.json", $$$"""{"current":{"kid":"a","alg":"HS256","secret":"{{{secret}}}"}}""");
        var before = _store.App.Services.GetRequiredService<KeyRing>().Find("a");
        await TickUntilAsync(() => _store.App.Services.GetRequiredService<KeyRing>().Find("a") != before, "the other secret is in the ring");
        (await Client.VerifyAsync(pair.Access)).Is(401, Reply.TokenNotValid("Token is invalid"));
        (await Client.VerifyAsync((await Client.ObtainAsync()).Access)).Is(200, "{}");
    }

    [Fact]
    public async Task SpoiltFile_ChangesNothingIsReportedOnceAndMends()
    {
        await StartAsync("HS256", "a:HS256");
        var pair = await Client.ObtainAsync();
        _store.Folder.WritePrivate("secrets.json", "{");
        await TickUntilAsync(() => Spoilt() > 0, "the fault is reported");
        for (var i = 0; i < 30; i++) _store.Clock.Advance(TimeSpan.FromSeconds(1));
        (await Client.RefreshAsync(pair.Refresh)).Succeeded();
        Write("a:HS256", next: "b:HS256");
        await KnowsAsync("b");
        Assert.Equal(1, Spoilt());

        int Spoilt() => _store.App.Logs.All.Count(l => l.Contains("The secret file is left aside", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ChangeToSecretsAndBack_IsARotationEachTime()
    {
        await StartAsync("ES256", "a:HS256");
        var pairs = new List<Reply> { await Client.ObtainAsync() };
        Assert.Equal("ES256", Header(pairs[0].Access, "alg"));
        foreach (var algorithm in new[] { "HS256", "ES256", "HS256" })
        {
            _store.Settings["Keys:Algorithm"] = algorithm;
            await _store.RestartAsync();
            Assert.NotEqual(algorithm, Header((await Client.ObtainAsync()).Access, "alg"));
            _store.Clock.Advance(PublishAhead);
            pairs.Add(await Client.ObtainAsync());
            Assert.Equal(algorithm, Header(pairs[^1].Access, "alg"));
            Assert.DoesNotContain("oct", (await Client.GetAsync("/.well-known/jwks.json")).Body, StringComparison.Ordinal);
            foreach (var pair in pairs) (await Client.VerifyAsync(pair.Access)).Is(200, "{}");
        }

        // The first ES256 key stays published until the last token it signed has expired, and the last one stays on.
        Assert.Equal(2, await PublishedAsync());
        foreach (var pair in pairs) (await Client.RefreshAsync(pair.Refresh)).Succeeded();
        _store.Clock.Advance(TimeSpan.FromHours(25));
        await TickUntilAsync(() => _store.App.Services.GetRequiredService<KeyRing>().Published.Count == 0, "no ES256 key covers a living token");
    }

    // RFC 8725 sections 2.1 and 3.1.
    [Fact]
    public async Task KeyOfOneKind_VerifiesNoTokenOfTheOther()
    {
        await StartAsync("ES256", "a:HS256");
        var es = (await Client.ObtainAsync()).Access;
        var ring = _store.App.Services.GetRequiredService<KeyRing>();
        var point = ring.Published[0];
        var pem = ((ECDsaSecurityKey)ring.Current.Key).ECDsa.ExportSubjectPublicKeyInfoPem();
        _store.Settings["Keys:Algorithm"] = "HS256";
        await _store.RestartAsync();
        _store.Clock.Advance(PublishAhead);
        var hs = (await Client.ObtainAsync()).Access;

        foreach (var secret in new[] { pem, pem.TrimEnd(), point.X!, point.X! + point.Y, "" })
            await InvalidAsync(Signed(es, point.Kid, "HS256", Encoding.UTF8.GetBytes(secret)));
        await InvalidAsync(Signed(es, point.Kid, "HS256", Hmac.KeyOf("a")));
        await InvalidAsync(Signed(hs, "a", "HS384", Hmac.KeyOf("a")));
        await InvalidAsync(Signed(hs, "a", "HS512", Hmac.KeyOf("a")));
        await InvalidAsync(Signed(hs, "a", "ES256", Hmac.KeyOf("a")));
        await InvalidAsync(Signed(hs, "a", "none", Hmac.KeyOf("a")));
        await InvalidAsync(Signed(hs, "a", "HS256", Hmac.KeyOf("b")));
        await InvalidAsync(Signed(hs, null, "HS256", Hmac.KeyOf("a")));
        (await Client.VerifyAsync(Signed(hs, "a", "HS256", Hmac.KeyOf("a")))).Is(200, "{}");
    }

    [Fact]
    public async Task RevokedSecret_IsRefusedAndTheFilesOtherOneSigns()
    {
        await StartAsync("HS256", "a:HS256");
        var pair = await Client.ObtainAsync();
        Write("b:HS256", previous: "a:HS256");
        await KnowsAsync("b");
        await RevokeAsync("a");
        await TickUntilAsync(() => _store.App.Services.GetRequiredService<KeyRing>().Find("a") is null, "a has left the ring");
        Assert.Equal("b", Header((await Client.ObtainAsync()).Access, "kid"));
        (await Client.VerifyAsync(pair.Access)).Is(401, Reply.TokenNotValid("Token is invalid"));

        // Put back, it stays revoked.
        Write("a:HS256", previous: "b:HS256");
        await _store.RestartAsync();
        (await Client.VerifyAsync(pair.Access)).Is(401, Reply.TokenNotValid("Token is invalid"));
        Assert.Equal("b", Header((await Client.ObtainAsync()).Access, "kid"));
    }

    [Fact]
    public async Task RevokedSecret_StaysRevokedAfterItsLastTokenHasExpired()
    {
        await StartAsync("HS256", "a:HS256");
        var token = (await Client.ObtainAsync()).Access;
        Write("b:HS256", previous: "a:HS256");
        await KnowsAsync("b");
        await RevokeAsync("a");
        _store.Clock.Advance(TimeSpan.FromHours(25));
        await TickUntilAsync(() => _store.App.Services.GetRequiredService<KeyRing>().Find("a") is null, "a has left the ring");

        Write("a:HS256", previous: "b:HS256");
        await _store.RestartAsync(asleep: TimeSpan.FromDays(30));
        Assert.Equal("b", Header((await Client.ObtainAsync()).Access, "kid"));
        var claims = JsonSerializer.Deserialize<Dictionary<string, object?>>(Jwt.Read(token).Payload)!;
        claims["exp"] = _store.Clock.GetUtcNow().AddMinutes(5).ToUnixTimeSeconds();
        await InvalidAsync(Hmac.Sign(Hmac.KeyOf("a"), new Dictionary<string, object?> { ["alg"] = "HS256", ["typ"] = "at+jwt", ["kid"] = "a" }, claims));
    }

    [Fact]
    public async Task StandbySecret_IsBarredForGoodBeforeItEverSigned()
    {
        await StartAsync("HS256", "a:HS256");
        Write("a:HS256", next: "b:HS256");
        await KnowsAsync("b");
        await RevokeAsync("b");
        Assert.Equal("b", await _store.App.QueryAsync(db => db.Revocations.Where(r => r.Kind == "key").Select(r => r.Subject).SingleAsync()));

        Write("b:HS256", previous: "a:HS256");
        await TickUntilAsync(() => _store.App.Logs.All.Any(l => l.Contains("The current secret of Keys:SecretFile, b, was revoked", StringComparison.Ordinal)), "it is said");
        await _store.RestartAsync(asleep: TimeSpan.FromDays(2));
        var pair = await Client.ObtainAsync();
        Assert.Equal("a", Header(pair.Access, "kid"));
        await InvalidAsync(Signed(pair.Access, "b", "HS256", Hmac.KeyOf("b")));
    }

    private async Task RevokeAsync(string kid)
    {
        await using var scope = _store.App.Services.CreateAsyncScope();
        Assert.True(await scope.ServiceProvider.GetRequiredService<KeyRevocation>().RevokeAsync(kid, CancellationToken.None));
    }

    private async Task InvalidAsync(string token) => (await Client.VerifyAsync(token)).Is(401, Reply.TokenNotValid("Token is invalid"));

    private static string Signed(string token, string? kid, string algorithm, byte[] secret)
    {
        var header = new Dictionary<string, object?> { ["alg"] = algorithm, ["typ"] = "at+jwt" };
        if (kid is not null) header["kid"] = kid;
        return Hmac.Sign(secret, header, JsonSerializer.Deserialize<Dictionary<string, object?>>(Jwt.Read(token).Payload)!);
    }

    private static string Header(string token, string name) => JsonElement.Parse(Jwt.Read(token).Header).GetProperty(name).GetString()!;

    private async Task<int> PublishedAsync() => JsonElement.Parse((await Client.GetAsync("/.well-known/jwks.json")).Body).GetProperty("keys").GetArrayLength();

    private void Write(string current, string? next = null, string? previous = null) => _store.Folder.WriteSecrets("secrets.json", current, next, previous);

    private Task KnowsAsync(string kid) => TickUntilAsync(() => _store.App.Services.GetRequiredService<HmacSecrets>().Find(kid) is not null, $"{kid} is known");

    private Task TickUntilAsync(Func<bool> condition, string what) => Until.TrueAsync(
        () =>
        {
            if (condition()) return true;
            _store.Clock.Advance(TimeSpan.FromSeconds(1));
            return false;
        },
        what);

    private Task StartAsync(string algorithm, string current)
    {
        _store.Settings["Keys:Algorithm"] = algorithm;
        _store.Settings["Keys:SecretFile"] = _store.Folder.WriteSecrets("secrets.json", current);
        _store.Settings["AccessTokens:Lifetime"] = "01:00:00";
        return _store.StartAsync();
    }
}
