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
    /// <param name="jwks">The text of the set.</param>
    /// <param name="namedByThumbprint">Whether an entry without kid gets its RFC 7638 thumbprint; otherwise it is not usable.</param>
    /// <exception cref="JsonException">Not a JSON object with a list <c>keys</c>.</exception>
    public static IReadOnlyDictionary<string, JsonWebKey> Read(string jwks, bool namedByThumbprint = false)
    {
        using var document = JsonDocument.Parse(jwks);
        var keys = new Dictionary<string, JsonWebKey>(StringComparer.Ordinal);
        foreach (var entry in Entries(document.RootElement))
        {
            if (Usable(entry, namedByThumbprint) is { } key) keys.TryAdd(key.Kid, key);
        }

        return keys;
    }

    /// <summary>The entries of a key set, usable or not.</summary>
    /// <exception cref="JsonException">Not a JSON object with a list <c>keys</c>.</exception>
    public static IEnumerable<JsonElement> Entries(JsonElement set) =>
        set.ValueKind == JsonValueKind.Object && set.TryGetProperty("keys", out var entries) && entries.ValueKind == JsonValueKind.Array
            ? entries.EnumerateArray()
            : throw new JsonException("not a key set");

    // One by one: JsonWebKeySet gives up the whole set for one entry that it cannot read.
    private static JsonWebKey? Usable(JsonElement entry, bool namedByThumbprint)
    {
        try
        {
            var key = new JsonWebKey(entry.GetRawText());
            var verifies = key.Use is null or "" or JsonWebKeyUseNames.Sig && (key.KeyOps.Count == 0 || key.KeyOps.Contains("verify"));
            if (!verifies || !key.IsStrongPublicKey()) return null;
            key = key.OfNumbersAlone();
            if (namedByThumbprint && key.Kid is null) key.Kid = key.Thumbprint();
            return !string.IsNullOrEmpty(key.Kid) && JsonWebKeyConverter.TryConvertToSecurityKey(key, out _) ? key : null;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or CryptographicException or InvalidOperationException)
        {
            return null;
        }
    }

    // The issuer may be any text (RFC 7519 section 4.1.1); then nothing is on its origin.
    private static Uri OnReachableOrigin(Uri document, string issuer, Uri metadata)
    {
        var sameOrigin = Uri.TryCreate(issuer, UriKind.Absolute, out var origin)
            && Uri.Compare(document, origin, UriComponents.SchemeAndServer, UriFormat.SafeUnescaped, StringComparison.OrdinalIgnoreCase) == 0;
        return sameOrigin ? new Uri(new Uri(metadata.GetLeftPart(UriPartial.Authority)), document.PathAndQuery) : document;
    }
}
