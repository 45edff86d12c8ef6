using Microsoft.IdentityModel.Tokens;

namespace FrontDoor.Gateway.Authentication;

/// <summary>What is demanded of a key, wherever it is from.</summary>
internal static class VerificationKey
{
    // OpenSSL verifies by none larger; a check takes time by the square of it.
    private const int MaxRsaBits = 16 * 1024;

    // NIST SP 800-56B section 6.2: below 2^256.
    private const int MaxExponentBytes = 32;

    /// <summary>Whether it may verify this algorithm: one key, one algorithm, and the curve is part of it (RFC 8725 section 3.1).</summary>
    public static bool Fits(this JsonWebKey key, string algorithm) => (string.IsNullOrEmpty(key.Alg) || key.Alg == algorithm) && algorithm switch
    {
        "ES256" => key.Crv == "P-256",
        "ES384" => key.Crv == "P-384",
        "ES512" => key.Crv == "P-521",
        "HS256" or "HS384" or "HS512" => key.Kty == JsonWebAlgorithmsKeyTypes.Octet && key.Alg == algorithm,
        _ => key.Kty == JsonWebAlgorithmsKeyTypes.RSA,
    };

    /// <summary>
    /// oct (symmetric) keys never come from a published set: whoever can read it could sign (RFC 8725 section 2.1). The same goes for a key whose
    /// private half is published.
    /// </summary>
    public static bool IsStrongPublicKey(this JsonWebKey key) => !key.HasPrivateKey && key.Kty switch
    {
        JsonWebAlgorithmsKeyTypes.EllipticCurve => key.Crv is "P-256" or "P-384" or "P-521" && !string.IsNullOrEmpty(key.X) && !string.IsNullOrEmpty(key.Y),
        JsonWebAlgorithmsKeyTypes.RSA => !string.IsNullOrEmpty(key.N) && !string.IsNullOrEmpty(key.E) && key.KeySize is >= 2048 and <= MaxRsaBits && IsExponent(Base64UrlEncoder.DecodeBytes(key.E)),
        _ => false,
    };

    /// <summary>
    /// The key by its numbers alone. The library would rather verify by a certificate (<c>x5c</c>) beside them, which nobody has judged and which is not what is compared and kept.
    /// </summary>
    public static JsonWebKey OfNumbersAlone(this JsonWebKey key) =>
        new() { Kty = key.Kty, Kid = key.Kid, Use = key.Use, Alg = key.Alg, Crv = key.Crv, X = key.X, Y = key.Y, N = key.N, E = key.E };

    // With 1 every text is its own signature; even ones belong to no key.
    private static bool IsExponent(byte[] exponent)
    {
        var value = exponent.AsSpan().TrimStart((byte)0);
        return value.Length is > 0 and <= MaxExponentBytes && (value[^1] & 1) == 1 && value is not [1];
    }

    /// <summary>Whether the other one verifies the same tokens.</summary>
    public static bool IsSameAs(this JsonWebKey key, JsonWebKey other) =>
        key.Alg == other.Alg && key.ComputeJwkThumbprint().AsSpan().SequenceEqual(other.ComputeJwkThumbprint());

    /// <summary>RFC 7638: the kid of a key that was given none.</summary>
    public static string Thumbprint(this JsonWebKey key) => Base64UrlEncoder.Encode(key.ComputeJwkThumbprint());
}
