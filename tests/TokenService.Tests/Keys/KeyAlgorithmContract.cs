using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FrontDoor.TokenService.Keys;
using FrontDoor.TokenService.Tests.Storage;
using FrontDoor.TokenService.Tests.Users;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace FrontDoor.TokenService.Tests.Keys;

public sealed class PostgreSqlKeyAlgorithmTests(PostgreSqlServer server) : KeyAlgorithmContract(new PostgreSqlStore(server));

public sealed class SqliteKeyAlgorithmTests() : KeyAlgorithmContract(new SqliteStore())
{
    [Fact]
    public async Task PublishedMembers_AreThoseOfTheKeysType()
    {
        foreach (var algorithm in new[] { "RS256", "ES384" }) await ChangeAsync(algorithm, wait: true);
        var keys = JsonElement.Parse((await Store.Client.GetAsync("/.well-known/jwks.json")).Body).GetProperty("keys").EnumerateArray().ToArray();
        Assert.Equal(
            ["ES384: alg crv kid kty use x y", "RS256: alg e kid kty n use", "ES256: alg crv kid kty use x y"],
            keys.Select(k => $"{k.GetProperty("alg").GetString()}: {string.Join(' ', k.EnumerateObject().Select(p => p.Name).Order())}"));
        Assert.Equal(["P-384", null, "P-256"], keys.Select(k => k.TryGetProperty("crv", out var curve) ? curve.GetString() : null));
        Assert.Equal(256, Base64UrlEncoder.DecodeBytes(keys[1].GetProperty("n").GetString()).Length);
        Assert.Equal("AQAB", keys[1].GetProperty("e").GetString());
    }

    // RFC 8725 section 3.1: both algorithms are in use, but not with this key.
    [Fact]
    public async Task TokenOfOneAlgorithmWithAnothersKey_IsRefused()
    {
        await ChangeAsync("RS256", wait: true);
        var token = (await Store.Client.ObtainAsync()).Access;
        var ring = Store.App.Services.GetRequiredService<KeyRing>();
        var kid = ring.Current.Key.KeyId;
        await ChangeAsync("PS256", wait: true);
        var rsa = ((RsaSecurityKey)Store.App.Services.GetRequiredService<KeyRing>().Find(kid)!.Key).Rsa;

        (await Store.Client.VerifyAsync(Resigned(token, "RS256", rsa, RSASignaturePadding.Pkcs1))).Is(200, "{}");
        (await Store.Client.VerifyAsync(Resigned(token, "PS256", rsa, RSASignaturePadding.Pss))).Is(401, Reply.TokenNotValid("Token is invalid"));
    }

    private static string Resigned(string token, string algorithm, RSA key, RSASignaturePadding padding)
    {
        var header = Base64UrlEncoder.Encode(Jwt.Read(token).Header.Replace("RS256", algorithm, StringComparison.Ordinal));
        var input = $"{header}.{token.Split('.')[1]}";
        return $"{input}.{Base64UrlEncoder.Encode(key.SignData(Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256, padding))}";
    }
}

/// <summary>A change of the algorithm is a rotation, and each key keeps the algorithm that it was made for, on every database.</summary>
public abstract class KeyAlgorithmContract(TestStore store) : IAsyncLifetime
{
    protected TestStore Store => store;

    public async ValueTask InitializeAsync()
    {
        Store.Services = new FastHasher().Replace;
        await Store.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task AlgorithmChanged_RotatesAndEveryTokenVerifiesWithItsPublishedKey()
    {
        var before = await Store.Client.ObtainAsync();
        var earlier = new List<Reply> { before };
        foreach (var algorithm in new[] { "RS256", "PS256", "ES384" })
        {
            await ChangeAsync(algorithm);
            var still = await Store.Client.ObtainAsync();
            Assert.Equal(Algorithm(before), Algorithm(still));

            Store.Clock.Advance(TimeSpan.FromMinutes(10));
            before = (await Store.Client.RefreshAsync(still.Refresh)).Succeeded();
            earlier.Add(before);
            Assert.Equal(algorithm, Algorithm(before));
            (await Store.Client.VerifyAsync(before.Access)).Is(200, "{}");
            (await Store.Client.VerifyAsync(still.Refresh)).Is(200, "{}");
        }

        var jwks = JsonElement.Parse((await Store.Client.GetAsync("/.well-known/jwks.json")).Body);
        foreach (var pair in earlier)
        {
            Assert.True(PublicKey.Verifies(pair.Access, jwks), Algorithm(pair));
            Assert.True(PublicKey.Verifies(pair.Refresh, jwks), Algorithm(pair));
            (await Store.Client.RefreshAsync(pair.Refresh)).Succeeded();
        }
    }

    private static string Algorithm(Reply pair) => JsonElement.Parse(Jwt.Read(pair.Access).Header).GetProperty("alg").GetString()!;

    protected async Task ChangeAsync(string algorithm, bool wait = false)
    {
        Store.Settings["Keys:Algorithm"] = algorithm;
        // Tokens that outlive the test's rotations.
        Store.Settings["AccessTokens:Lifetime"] = "01:00:00";
        await Store.RestartAsync();
        if (wait) Store.Clock.Advance(TimeSpan.FromMinutes(10));
    }
}
