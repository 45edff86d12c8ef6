using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.Tokens;

namespace FrontDoor.Gateway.Authentication;

/// <summary>Verifies a token's signature. The arithmetic is the library's; its own cache of providers would make a text for every look-up.</summary>
internal static class Signatures
{
    // By the key's very object, which lives as long as its issuer stands by it.
    private static readonly ConditionalWeakTable<JsonWebKey, ConcurrentDictionary<string, SignatureProvider>> Providers = [];

    /// <param name="token">Three parts of base64url.</param>
    /// <param name="key">One that fits the algorithm.</param>
    /// <param name="algorithm">Its <c>alg</c>.</param>
    public static bool Verify(ReadOnlySpan<char> token, JsonWebKey key, string algorithm)
    {
        var end = token.LastIndexOf('.');
        var signed = new byte[end];
        Encoding.ASCII.GetBytes(token[..end], signed);
        try
        {
            // A buffer from the pool would be longer than the text, and the overloads for that forgive more.
            var signature = System.Buffers.Text.Base64Url.DecodeFromChars(token[(end + 1)..]);
            return ProviderOf(key, algorithm).Verify(signed, signature);
        }
        catch (Exception e) when (e is FormatException or CryptographicException or ArgumentException)
        {
            // Not base64url after all, or of a length or form that no signature of this algorithm has.
            return false;
        }
    }

    private static SignatureProvider ProviderOf(JsonWebKey key, string algorithm) => Providers.GetOrCreateValue(key).GetOrAdd(
        algorithm,
        static (algorithm, key) => key.CryptoProviderFactory.CreateForVerifying(key, algorithm, cacheProvider: false),
        key);
}
