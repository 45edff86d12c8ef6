using System.Net;
using System.Text.Json;

namespace FrontDoor.TokenService.FormerIssuers;

/// <summary>Fetches a former issuer's key set, by way of its discovery document where that is configured. No address comes from a token.</summary>
internal sealed class FormerKeyDocuments : IDisposable
{
    // A key set has a few KB; what answers more is something else.
    private const int LargestDocument = 256 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    // No redirects: only what is configured, and the discovery document of it, says whose keys count.
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false, UseCookies = false, AutomaticDecompression = DecompressionMethods.None, PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    })
    {
        MaxResponseContentBufferSize = LargestDocument, Timeout = Patience,
    };

    /// <summary>Keys that anybody on the way could replace are nobody's, so only this machine may be asked without TLS.</summary>
    public static bool IsSafe(string? address) => Uri.TryCreate(address, UriKind.Absolute, out var uri) && IsSafe(uri);

    /// <returns>The text of the key set.</returns>
    /// <exception cref="HttpRequestException">Unreachable, not 200, or too large.</exception>
    /// <exception cref="InvalidDataException">The discovery document is none, or not of this issuer.</exception>
    public async Task<string> FetchAsync(FormerIssuerOptions issuer, CancellationToken cancellationToken)
    {
        if (issuer.MetadataAddress is not { } metadata) return await _http.GetStringAsync(new Uri(issuer.JwksAddress!), cancellationToken);
        return await _http.GetStringAsync(ReadJwksUri(await _http.GetStringAsync(new Uri(metadata), cancellationToken), issuer), cancellationToken);
    }

    public void Dispose() => _http.Dispose();

    private static Uri ReadJwksUri(string document, FormerIssuerOptions issuer)
    {
        using var metadata = JsonDocument.Parse(document);
        // OpenID Connect Discovery section 4.3: it must be exactly the issuer that was asked for.
        if (Text(metadata.RootElement, "issuer") is var name && name != issuer.Issuer)
            throw new InvalidDataException($"{issuer.MetadataAddress} speaks for issuer '{name}', not '{issuer.Issuer}'");
        return Uri.TryCreate(Text(metadata.RootElement, "jwks_uri"), UriKind.Absolute, out var uri) && IsSafe(uri)
            ? uri
            : throw new InvalidDataException($"{issuer.MetadataAddress} has no jwks_uri with https");
    }

    private static string? Text(JsonElement document, string name) =>
        document.ValueKind == JsonValueKind.Object && document.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool IsSafe(Uri uri) => uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback);
}
