using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;

namespace FrontDoor.TokenService.Tests;

/// <summary>Reads and uses the published key with the platform's cryptography alone, independent of the library that signs.</summary>
internal static class PublicKey
{
    /// <param name="jwks">The published set; its first key is taken.</param>
    public static ECDsa Read(string jwks)
    {
        var key = JsonElement.Parse(jwks).GetProperty("keys")[0];
        return ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = { X = Base64UrlEncoder.DecodeBytes(key.GetProperty("x").GetString()), Y = Base64UrlEncoder.DecodeBytes(key.GetProperty("y").GetString()) },
        });
    }

    public static bool Verifies(string token, ECDsa key)
    {
        var dot = token.LastIndexOf('.');
        return key.VerifyData(Encoding.ASCII.GetBytes(token[..dot]), Base64UrlEncoder.DecodeBytes(token[(dot + 1)..]), HashAlgorithmName.SHA256);
    }

    /// <summary>Whether the published key that the token names made its signature, by the algorithm published for it.</summary>
    public static bool Verifies(string token, JsonElement jwks)
    {
        var kid = JsonElement.Parse(Jwt.Read(token).Header).GetProperty("kid").GetString();
        var key = jwks.GetProperty("keys").EnumerateArray().Single(k => k.GetProperty("kid").GetString() == kid);
        byte[] Number(string name) => Base64UrlEncoder.DecodeBytes(key.GetProperty(name).GetString());
        var dot = token.LastIndexOf('.');
        var (input, signature) = (Encoding.ASCII.GetBytes(token[..dot]), Base64UrlEncoder.DecodeBytes(token[(dot + 1)..]));
        var algorithm = key.GetProperty("alg").GetString()!;
        var hash = algorithm == "ES384" ? HashAlgorithmName.SHA384 : HashAlgorithmName.SHA256;
        if (algorithm[0] == 'E')
        {
            var curve = algorithm == "ES384" ? ECCurve.NamedCurves.nistP384 : ECCurve.NamedCurves.nistP256;
            using var ecdsa = ECDsa.Create(new ECParameters { Curve = curve, Q = { X = Number("x"), Y = Number("y") } });
            return ecdsa.VerifyData(input, signature, hash);
        }

        using var rsa = RSA.Create(new RSAParameters { Modulus = Number("n"), Exponent = Number("e") });
        return rsa.VerifyData(input, signature, hash, algorithm == "PS256" ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1);
    }

    /// <returns>The RFC 7638 thumbprint, computed by hand.</returns>
    public static string Thumbprint(string jwks)
    {
        var key = JsonElement.Parse(jwks).GetProperty("keys")[0];
        var canonical = $$"""{"crv":"P-256","kty":"EC","x":"{{key.GetProperty("x").GetString()}}","y":"{{key.GetProperty("y").GetString()}}"}""";
        return Base64UrlEncoder.Encode(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)));
    }
}
