using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace FrontDoor.Gateway.Authentication;

/// <summary>Fetches an issuer's key set by way of its discovery document. Addresses come from configuration and that document, never from a token.</summary>
internal sealed class KeyDocuments(HttpClient http)
{
    /// <summary>The text of the JWKS.</summary>
    /// <exception cref="HttpRequestException">Unreachable, not 200, or too large.</exception>
    /// <exception cref="InvalidOperationException">The document does not speak for this issuer.</exception>
    public async Task<string> FetchAsync(IssuerOptions issuer, CancellationToken cancellationToken)
    {
        var metadataAddress = new Uri(issuer.EffectiveMetadataAddress);
        var metadata = OpenIdConnectConfiguration.Create(await http.GetStringAsync(metadataAddress, cancellationToken));

        // OpenID Connect Discovery section 4.3: it must be exactly the issuer that was asked for.
        if (!string.Equals(metadata.Issuer, issuer.Issuer, StringComparison.Ordinal))
            throw new InvalidOperationException($"{metadataAddress} speaks for issuer '{metadata.Issuer}', not '{issuer.Issuer}'");
        if (!Uri.TryCreate(metadata.JwksUri, UriKind.Absolute, out var jwks) || jwks.Scheme is not ("http" or "https"))
            throw new InvalidOperationException($"{metadataAddress} has no usable jwks_uri");

        return await http.GetStringAsync(OnReachableOrigin(jwks, issuer.Issuer, metadataAddress), cancellationToken);
    }

    /// <summary>The keys that may verify signatures, by kid. Entries that are not usable are left out and never spoil the others.</summary>
    /// <exception cref="JsonException">Not a JSON object with a list <c>keys</c>.</exception>
    public static IReadOnlyDictionary<string, JsonWebKey> Read(string jwks)
    {
        using var document = JsonDocument.Parse(jwks);
        if (document.RootElement.ValueKind != JsonValueKind.Object
            || !document.RootElement.TryGetProperty("keys", out var entries) || entries.ValueKind != JsonValueKind.Array)
            throw new JsonException("not a key set");

        var keys = new Dictionary<string, JsonWebKey>(StringComparer.Ordinal);
        foreach (var entry in entries.EnumerateArray())
        {
            if (Usable(entry) is { } key) keys.TryAdd(key.Kid, key);
        }

        return keys;
    }

    // One by one: JsonWebKeySet gives up the whole set for one entry that it cannot read.
    private static JsonWebKey? Usable(JsonElement entry)
    {
        try
        {
            var key = new JsonWebKey(entry.GetRawText());
            var verifies = key.Use is null or "" or JsonWebKeyUseNames.Sig && (key.KeyOps.Count == 0 || key.KeyOps.Contains("verify"));
            return verifies && !string.IsNullOrEmpty(key.Kid) && IsStrongPublicKey(key) && JsonWebKeyConverter.TryConvertToSecurityKey(key, out _) ? key : null;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or CryptographicException or InvalidOperationException)
        {
            return null;
        }
    }

    // oct (symmetric) keys never come from a published set: whoever can read it could sign (RFC 8725 section 2.1).
    private static bool IsStrongPublicKey(JsonWebKey key) => key.Kty switch
    {
        JsonWebAlgorithmsKeyTypes.EllipticCurve => key.Crv is "P-256" or "P-384" or "P-521" && !string.IsNullOrEmpty(key.X) && !string.IsNullOrEmpty(key.Y),
        JsonWebAlgorithmsKeyTypes.RSA => !string.IsNullOrEmpty(key.N) && !string.IsNullOrEmpty(key.E) && key.KeySize >= 2048,
        _ => false,
    };

    // The issuer may be any text (RFC 7519 section 4.1.1); then nothing is on its origin.
    private static Uri OnReachableOrigin(Uri document, string issuer, Uri metadata)
    {
        var sameOrigin = Uri.TryCreate(issuer, UriKind.Absolute, out var origin)
            && Uri.Compare(document, origin, UriComponents.SchemeAndServer, UriFormat.SafeUnescaped, StringComparison.OrdinalIgnoreCase) == 0;
        return sameOrigin ? new Uri(new Uri(metadata.GetLeftPart(UriPartial.Authority)), document.PathAndQuery) : document;
    }
}
