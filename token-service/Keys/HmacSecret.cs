using System.Security.Cryptography;

namespace FrontDoor.TokenService.Keys;

/// <summary>One HMAC key of a <see cref="SecretFile"/>.</summary>
/// <param name="Kid">1 to 64 visible ASCII characters; a new one for each secret.</param>
/// <param name="Alg">Its one algorithm for life (RFC 8725 section 3.1): <c>HS256</c>, <c>HS384</c> or <c>HS512</c>.</param>
/// <param name="Secret">Base64 of at least as many bytes as the hash has (RFC 7518 section 3.2): 32, 48 or 64.</param>
internal sealed record HmacSecret(string Kid, string Alg, string Secret)
{
    public static readonly IReadOnlyList<string> Algorithms = ["HS256", "HS384", "HS512"];

    public static HmacSecret Create(string algorithm) =>
        new(RandomNumberGenerator.GetHexString(32, lowercase: true), algorithm, Convert.ToBase64String(RandomNumberGenerator.GetBytes(LeastBytes(algorithm))));

    /// <summary>What is wrong with it; null for nothing.</summary>
    public string? Fault()
    {
        if (Kid.Length is 0 or > 64 || Kid.Any(c => c is <= ' ' or > '~')) return "kid must be 1 to 64 visible ASCII characters";
        if (!Algorithms.Contains(Alg)) return $"alg is '{Alg}'; legal values are {string.Join(", ", Algorithms)}";
        var bytes = new byte[Secret.Length];
        if (!Convert.TryFromBase64String(Secret, bytes, out var length)) return "secret is not Base64";
        return length < LeastBytes(Alg) ? $"secret has {length} bytes; {Alg} needs at least {LeastBytes(Alg)}" : null;
    }

    /// <summary>Never the secret: a record would write all its members.</summary>
    public override string ToString() => $"{Alg} {Kid}";

    private static int LeastBytes(string algorithm) => algorithm switch
    {
        "HS256" => 32,
        "HS384" => 48,
        _ => 64,
    };
}
