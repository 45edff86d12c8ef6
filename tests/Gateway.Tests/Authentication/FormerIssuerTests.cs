using System.Text;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.Authentication;

/// <summary>simplejwt's own access tokens during a cut-over: no <c>iss</c>, no <c>kid</c>, <c>user_id</c> for a subject, and an end.</summary>
public sealed class FormerIssuerTests : IAsyncLifetime
{
    private const string SigningKey = "django-insecure-4r#0k&x(7q$u!e%z2m)w@l^9c*b+t=hn_dy5gsvo8jf3ai";

    private readonly TestFolder _folder = new();
    private readonly DateTimeOffset _until = TimeProvider.System.GetUtcNow().AddDays(7);
    private ClockedGateway _gateway = null!;

    public async ValueTask InitializeAsync() => _gateway = await ClockedGateway.StartAsync(new()
    {
        ["Issuers:django:SigningKeyFile"] = _folder.WritePrivate("key", SigningKey + "\n"),
        ["Issuers:django:Until"] = _until.ToString("O"),
    });

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task UserId_BecomesTheForwardedUser()
    {
        Assert.Equal("17", (await _gateway.AcceptsAsync(Token())).Header("X-Forwarded-User"));
        Assert.Equal("17", (await _gateway.AcceptsAsync(Token(c => c["user_id"] = "17"))).Header("X-Forwarded-User"));
        Assert.Equal("9007199254740993", (await _gateway.AcceptsAsync(Token(c => c["user_id"] = 9007199254740993))).Header("X-Forwarded-User"));
        // A claim that the former issuer gives another meaning does not count.
        var forwarded = await _gateway.AcceptsAsync(Token(c => c["sub"] = "root"));
        Assert.Equal("17", forwarded.Header("X-Forwarded-User"));
        Assert.Null(forwarded.Header("X-Forwarded-Roles"));
        await _gateway.AcceptsAsync(Token(header: h => h.Remove("typ")));
        await _gateway.AcceptsAsync(_gateway.Issuer.Token());
    }

    [Fact]
    public async Task RememberedToken_NamesTheSameUser()
    {
        var token = Token();
        await _gateway.AcceptsAsync(token);
        Assert.Equal("17", (await _gateway.AcceptsAsync(token)).Header("X-Forwarded-User"));
    }

    [Fact]
    public async Task Until_EndsSeenAndUnseenTokensWithoutARestart()
    {
        var (seen, unseen) = (Token(LivesLong), Token(LivesLong));
        _gateway.Clock.SetUtcNow(_until.AddSeconds(-1));
        await _gateway.AcceptsAsync(seen);
        _gateway.Clock.SetUtcNow(_until);
        await _gateway.RefusesAsync(seen);
        await _gateway.RefusesAsync(unseen);
    }

    [Fact]
    public async Task OtherTokens_AreRefused()
    {
        await _gateway.RefusesAsync(Token(c => c["token_type"] = "refresh"), "a refresh token", "Token has wrong type");
        await _gateway.RefusesAsync(Token(c => c.Remove("token_type")), "no token_type", "Token has wrong type");
        await _gateway.RefusesAsync(Token(header: h => h["typ"] = "at+jwt"), "our own type", "Token has wrong type");
        await _gateway.RefusesAsync(Token(header: h => h["typ"] = "rt+jwt"), "a type of refresh tokens", "Token has wrong type");
        await _gateway.RefusesAsync(Token(c => c["exp"] = 1), "expired", "Token is expired");
        await _gateway.RefusesAsync(Token(c => c.Remove("exp")), "no exp");
        await _gateway.RefusesAsync(Token(c => c["exp"] = "9999999999"), "exp a text");
        await _gateway.RefusesAsync(Token(c => c.Remove("user_id")), "no user_id", ProblemAssert.NoUser);
        foreach (var user in new object?[] { "", null, true, 17.5, new[] { 17 }, new Dictionary<string, object?> { ["id"] = 17 } })
            await _gateway.RefusesAsync(Token(c => c["user_id"] = user), $"user_id {user}", ProblemAssert.NoUser);
        await _gateway.RefusesAsync(Token(c => c["aud"] = FakeIssuer.Audience), "an audience, and none is configured");
        await _gateway.RefusesAsync(Token(c => c["iss"] = FakeIssuer.Name), "our issuer's name");
        await _gateway.RefusesAsync(Token(c => c["iss"] = ""), "an empty issuer is none");
        await _gateway.RefusesAsync(Token(c => c["iss"] = null), "a null issuer is none");
        await _gateway.RefusesAsync(Token(header: h => h["kid"] = "x"), "a kid");
        await _gateway.RefusesAsync(Token(header: h => h["kid"] = ""), "an empty kid");
        foreach (var algorithm in new[] { "HS384", "HS512", "ES256", "none", "hs256" })
            await _gateway.RefusesAsync(Token(header: h => h["alg"] = algorithm), algorithm);
        await _gateway.RefusesAsync(Token(key: SigningKey + "\n"), "another key");
        await _gateway.RefusesAsync(Token(key: ""), "an empty key");
        await _gateway.RefusesAsync(_gateway.Issuer.Token(c => c.Remove("iss"), h => h.Remove("kid")), "our issuer's key");
        await _gateway.RefusesAsync(_gateway.Issuer.Token(header: h => h.Remove("kid")), "our issuer's token without kid");
        await _gateway.RefusesAsync(_gateway.Issuer.Token(c => c.Remove("iss")), "our issuer's token without iss");
    }

    [Fact]
    public async Task IssuerAndAudience_AreDemandedWhereConfigured()
    {
        await using var gateway = await ClockedGateway.StartAsync(new()
        {
            ["Issuers:django:SigningKeyFile"] = _folder.File("key"),
            ["Issuers:django:Until"] = _until.ToString("O"),
            ["Issuers:django:Issuer"] = "https://old.test",
            ["Issuers:django:Audiences:0"] = "old",
            ["Issuers:django:UserClaim"] = "sub",
        });
        var good = Token(c => (c["iss"], c["aud"], c["sub"]) = ("https://old.test", "old", 21));
        Assert.Equal("21", (await gateway.AcceptsAsync(good)).Header("X-Forwarded-User"));
        await gateway.RefusesAsync(Token(c => (c["iss"], c["aud"], c["sub"]) = ("https://old.test", "new", 21)), "another audience");
        await gateway.RefusesAsync(Token(c => (c["iss"], c["sub"]) = ("https://old.test", 21)), "no audience");
        await gateway.RefusesAsync(Token(c => (c["aud"], c["sub"]) = ("old", 21)), "no issuer");
    }

    [Fact]
    public async Task UntilOfAnyIssuer_EndsItsTokens()
    {
        await using var gateway = await ClockedGateway.StartAsync(new() { ["Issuers:token-service:Until"] = _until.ToString("O") });
        var token = gateway.Issuer.Token(LivesLong);
        await gateway.AcceptsAsync(token);
        gateway.Clock.SetUtcNow(_until);
        await gateway.RefusesAsync(token);
    }

    private void LivesLong(Dictionary<string, object?> claims) => claims["exp"] = _until.AddDays(30).ToUnixTimeSeconds();

    private static string Token(Action<Dictionary<string, object?>>? claims = null, Action<Dictionary<string, object?>>? header = null, string key = SigningKey)
    {
        var now = TimeProvider.System.GetUtcNow();
        // Exactly what simplejwt writes (contract, section 5); user_id was a number before its 5.5.1.
        var body = new Dictionary<string, object?>
        {
            ["token_type"] = "access", ["exp"] = now.AddMinutes(5).ToUnixTimeSeconds(), ["iat"] = now.ToUnixTimeSeconds(), ["jti"] = Guid.NewGuid().ToString("N"), ["user_id"] = 17,
        };
        var head = new Dictionary<string, object?> { ["alg"] = "HS256", ["typ"] = "JWT" };
        claims?.Invoke(body);
        header?.Invoke(head);
        return Hmac.Sign(Encoding.UTF8.GetBytes(key), head, body);
    }
}
