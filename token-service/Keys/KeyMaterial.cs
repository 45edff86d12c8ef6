using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace FrontDoor.TokenService.Keys;

/// <summary>A private or HMAC key in memory with its kid and its one algorithm.</summary>
internal sealed record KeyMaterial(string Kid, string Algorithm, SecurityKey Key)
{
    /// <summary>What new keys can be made for; HMAC keys come from a <see cref="SecretFile"/>.</summary>
    public static readonly IReadOnlyList<string> Algorithms = ["ES256", "ES384", "RS256", "PS256"];

    private const int RsaBits = 2048;

    public SigningCredentials Credentials { get; } = new(Key, Algorithm);

    /// <summary>Makes a new key.</summary>
    public static (KeyMaterial Key, byte[] Pkcs8) Create(string algorithm)
    {
        using AsymmetricAlgorithm key = algorithm switch
        {
            "ES256" => ECDsa.Create(ECCurve.NamedCurves.nistP256),
            "ES384" => ECDsa.Create(ECCurve.NamedCurves.nistP384),
            _ => RSA.Create(RsaBits),
        };
        var pkcs8 = key.ExportPkcs8PrivateKey();
        var unnamed = Load("", algorithm, pkcs8);
        var kid = Base64UrlEncoder.Encode(unnamed.Key.ComputeJwkThumbprint());
        return (Load(kid, algorithm, pkcs8), pkcs8);
    }

    public static KeyMaterial Load(string kid, string algorithm, byte[] pkcs8)
    {
        if (algorithm.StartsWith("ES", StringComparison.Ordinal))
        {
            var ecdsa = ECDsa.Create();
            ecdsa.ImportPkcs8PrivateKey(pkcs8, out _);
            return new(kid, algorithm, new ECDsaSecurityKey(ecdsa) { KeyId = kid });
        }

        var rsa = RSA.Create();
        rsa.ImportPkcs8PrivateKey(pkcs8, out _);
        return new(kid, algorithm, new RsaSecurityKey(rsa) { KeyId = kid });
    }

    public static KeyMaterial Of(HmacSecret secret) =>
        new(secret.Kid, secret.Alg, new SymmetricSecurityKey(Convert.FromBase64String(secret.Secret)) { KeyId = secret.Kid });

    /// <summary>The public half (RFC 7517); null for an HMAC key, which has none.</summary>
    public PublishedKey? Published()
    {
        if (Key is SymmetricSecurityKey) return null;

        if (Key is ECDsaSecurityKey { ECDsa: var ecdsa })
        {
            var point = ecdsa.ExportParameters(includePrivateParameters: false).Q;
            var curve = Algorithm == "ES256" ? JsonWebKeyECTypes.P256 : JsonWebKeyECTypes.P384;
            return new("EC", "sig", Algorithm, Kid, curve, Base64UrlEncoder.Encode(point.X), Base64UrlEncoder.Encode(point.Y), null, null);
        }

        var numbers = ((RsaSecurityKey)Key).Rsa.ExportParameters(includePrivateParameters: false);
        return new("RSA", "sig", Algorithm, Kid, null, null, null, Base64UrlEncoder.Encode(numbers.Modulus), Base64UrlEncoder.Encode(numbers.Exponent));
    }
}

/// <summary>One entry of the published set; members of the other key type are null and not written.</summary>
internal sealed record PublishedKey(
    string Kty, string Use, string Alg, string Kid, string? Crv = null, string? X = null, string? Y = null, string? N = null, string? E = null);
