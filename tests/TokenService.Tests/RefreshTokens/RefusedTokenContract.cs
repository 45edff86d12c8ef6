using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FrontDoor.TokenService.AccessTokens;
using FrontDoor.TokenService.RefreshTokens;
using FrontDoor.TokenService.Tests.Storage;
using FrontDoor.TokenService.Tests.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace FrontDoor.TokenService.Tests.RefreshTokens;

public sealed class SqliteRefusedTokenTests(SqliteStore store) : RefusedTokenContract(store), IClassFixture<SqliteStore>;

public sealed class PostgreSqlRefusedTokenTests(PostgreSqlStore store) : RefusedTokenContract(store), IClassFixture<PostgreSqlStore>;

/// <summary>Texts that are no living token of ours; every endpoint that takes one refuses them alike.</summary>
public abstract class RefusedTokenContract(TestStore store) : StoreContract(store)
{
    public static TheoryData<string> Junk =>
    [
        "junk", ".", "..", "...", "a.b", "a.b.c", "a.b.c.d.e", "eyJ.eyJ.eyJ", "null", "Bearer x", "%00", "😀.😀.😀", "\u2028x",
        new string('a', 20_000), new string('.', 5_000), "eyJhbGciOiJub25lIn0.e30.",
    ];

    public override ValueTask InitializeAsync()
    {
        Store.Services ??= new FastHasher().Replace;
        return base.InitializeAsync();
    }

    [Theory]
    [MemberData(nameof(Junk))]
    public Task Junk_IsInvalid(string token) => AssertInvalidAsync(token);

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("nOnE")]
    [InlineData("HS256")]
    [InlineData("ES384")]
    [InlineData("RS256")]
    public async Task OtherAlgorithm_IsInvalid(string alg)
    {
        var token = Jwt.Read((await Client.ObtainAsync()).Refresh);
        var header = token.Header.Replace("ES256", alg, StringComparison.Ordinal);
        await AssertInvalidAsync(token.With(header));
        await AssertInvalidAsync(token.With(header, signature: []));
    }

    [Fact]
    public async Task HmacWithThePublicKey_IsInvalid()
    {
        var token = Jwt.Read((await Client.ObtainAsync()).Refresh);
        var published = (await Client.GetAsync("/.well-known/jwks.json")).Body;
        var header = token.Header.Replace("ES256", "HS256", StringComparison.Ordinal);
        var signed = token.With(header, signature: []).TrimEnd('.');
        foreach (var secret in new[] { published, PublicKey.Read(published).ExportSubjectPublicKeyInfoPem() })
            await AssertInvalidAsync(token.With(header, signature: HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.ASCII.GetBytes(signed))));
    }

    [Fact]
    public async Task ChangedPayload_IsInvalid()
    {
        var (mine, victims) = (Jwt.Read((await Client.ObtainAsync()).Refresh), Jwt.Read((await Client.ObtainAsync("root")).Refresh));
        await AssertInvalidAsync(mine.With(payload: victims.Payload));
        await AssertInvalidAsync(mine.With(payload: mine.Payload.Replace("\"ctr\":0", "\"ctr\":1", StringComparison.Ordinal)));
        await AssertInvalidAsync(mine.With(payload: mine.Payload.Replace("\"exp\":", "\"exp\":9", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task ChangedSignature_IsInvalid()
    {
        var token = Jwt.Read((await Client.ObtainAsync()).Refresh);
        byte[] flipped = [.. token.Signature];
        flipped[^1] ^= 1;
        byte[][] changed = [flipped, [], new byte[64], [.. Enumerable.Repeat((byte)255, 64)], token.Signature[..63], [.. token.Signature, 0]];
        foreach (var signature in changed) await AssertInvalidAsync(token.With(signature: signature));
        (await Client.RefreshAsync(token.With())).Succeeded();
    }

    [Theory]
    [InlineData("at+jwt")]
    [InlineData("JWT")]
    public async Task ChangedType_IsInvalid(string type)
    {
        var token = Jwt.Read((await Client.ObtainAsync()).Refresh);
        await AssertInvalidAsync(token.With(token.Header.Replace("rt+jwt", type, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task TokenOfAForeignKeyWithOurKid_IsInvalid()
    {
        using var foreign = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var token = Jwt.Read((await Client.ObtainAsync()).Refresh);
        await AssertInvalidAsync(Sign(token, foreign));
    }

    [Fact]
    public async Task TokenThatBringsItsOwnKey_IsInvalid()
    {
        using var foreign = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var token = Jwt.Read((await Client.ObtainAsync()).Refresh);
        var q = foreign.ExportParameters(false).Q;
        var jwk = $$"""{"kty":"EC","crv":"P-256","x":"{{Base64UrlEncoder.Encode(q.X)}}","y":"{{Base64UrlEncoder.Encode(q.Y)}}"}""";
        await AssertInvalidAsync(Sign(token with { Header = $$"""{"alg":"ES256","typ":"rt+jwt","jwk":{{jwk}}}""" }, foreign));
    }

    [Fact]
    public async Task TokenOfASessionThatThisDatabaseDoesNotHave_IsInvalid()
    {
        var token = (await Client.ObtainAsync()).Refresh;
        var sid = Jwt.Claim(token, "sid");
        Assert.Equal(1, await App.QueryAsync(db => db.Sessions.Where(s => s.Id == sid).ExecuteDeleteAsync()));
        await AssertInvalidAsync(token);
    }

    [Theory]
    [InlineData("exp", null, "Token has no 'exp' claim")]
    [InlineData("exp", -1L, "Token is expired")]
    [InlineData("exp", 0L, "Token is expired")]
    [InlineData("nbf", 60L, "Token is invalid")]
    [InlineData("jti", null, "Token has no id")]
    [InlineData("token_type", null, "Token has no type")]
    [InlineData("token_type", "access", "Token is invalid")] // contradicts the header
    [InlineData("token_type", "sliding", "Token is invalid")]
    [InlineData("iss", null, "Token is invalid")]
    [InlineData("iss", "https://elsewhere.test", "Token is invalid")]
    [InlineData("aud", null, "Token is invalid")]
    [InlineData("aud", "front-door", "Token is invalid")]
    [InlineData("sid", null, "Token is invalid")]
    [InlineData("ctr", null, "Token is invalid")]
    [InlineData("user_id", null, "Token is invalid")]
    public async Task OtherClaimsUnderOurOwnSignature_AreRefusedInTheContractsWords(string claim, object? value, string detail)
    {
        var claims = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(Jwt.Read((await Client.ObtainAsync()).Refresh).Payload)!
            .ToDictionary(c => c.Key, c => c.Value.ValueKind == JsonValueKind.Number ? (object)c.Value.GetInt64() : c.Value.GetString()!);
        var good = Resign(claims);
        // Times count from now.
        if (value is null) claims.Remove(claim);
        else claims[claim] = claim is "exp" or "nbf" ? Clock.GetUtcNow().ToUnixTimeSeconds() + (long)value : value;
        await AssertRefusedAsync(Resign(claims), detail);
        (await Client.RefreshAsync(good)).Succeeded();
    }

    /// <summary>Unlike in PyJWT: a clock that is set back loses no session. Nobody but this service can have signed it.</summary>
    [Fact]
    public async Task TokenIssuedInTheFuture_IsGood()
    {
        var token = Jwt.Read((await Client.ObtainAsync()).Refresh);
        var (iat, later) = (token.Time("iat"), token.Time("iat") + 3600);
        var issuedLater = Resign(JsonSerializer.Deserialize<Dictionary<string, object>>(token.Payload.Replace($"\"iat\":{iat}", $"\"iat\":{later}", StringComparison.Ordinal))!);
        Assert.Equal(later, Jwt.Read(issuedLater).Time("iat"));
        (await Client.VerifyAsync(issuedLater)).Is(200, "{}");
        (await Client.RefreshAsync(issuedLater)).Succeeded();
    }

    [Fact]
    public async Task AccessToken_IsTheWrongTypeForRefreshAndBlacklist()
    {
        var pair = await Client.ObtainAsync();
        (await Client.RefreshAsync(pair.Access)).Is(401, Reply.TokenNotValid("Token has wrong type"));
        (await Client.BlacklistAsync(pair.Access)).Is(401, Reply.TokenNotValid("Token has wrong type"));
        (await Client.VerifyAsync(pair.Access)).Is(200, "{}");
        (await Client.RefreshAsync(pair.Refresh)).Succeeded();
    }

    private static string Sign(Jwt token, ECDsa key)
    {
        var signed = token.With(signature: []).TrimEnd('.');
        return token.With(signature: key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256));
    }

    private string Resign(Dictionary<string, object> claims) => App.Services.GetRequiredService<TokenSigner>().Sign(RefreshTokenIssuer.Type, claims);

    private Task AssertInvalidAsync(string token) => AssertRefusedAsync(token, "Token is invalid");

    private async Task AssertRefusedAsync(string token, string detail)
    {
        foreach (var answer in new[] { await Client.RefreshAsync(token), await Client.VerifyAsync(token), await Client.BlacklistAsync(token) })
        {
            answer.Is(401, Reply.TokenNotValid(detail));
            Assert.Equal("Bearer realm=\"api\"", answer.Header("WWW-Authenticate"));
        }
    }
}
