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

    /// <returns>The RFC 7638 thumbprint, computed by hand.</returns>
    public static string Thumbprint(string jwks)
    {
        var key = JsonElement.Parse(jwks).GetProperty("keys")[0];
        var canonical = $$"""{"crv":"P-256","kty":"EC","x":"{{key.GetProperty("x").GetString()}}","y":"{{key.GetProperty("y").GetString()}}"}""";
        return Base64UrlEncoder.Encode(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)));
    }
}
