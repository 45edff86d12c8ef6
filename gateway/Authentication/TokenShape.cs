using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace FrontDoor.Gateway.Authentication;

/// <summary>What a token says, read before any key is used and believed by nobody yet.</summary>
/// <param name="Algorithm"><c>alg</c>.</param>
/// <param name="Type"><c>typ</c>; empty when missing.</param>
/// <param name="Kid"><c>kid</c>; empty when missing, which is for former issuers alone.</param>
/// <param name="Issuer"><c>iss</c>, not yet believed; empty when missing.</param>
/// <param name="HasSubject">Whether the subject has the form an access token needs.</param>
/// <param name="HasSoundTimes">Whether the times have.</param>
/// <param name="IssuedAt"><c>iat</c>, in Unix seconds; null when missing.</param>
/// <param name="NotBefore"><c>nbf</c>, likewise.</param>
/// <param name="Expires"><c>exp</c>, likewise.</param>
/// <param name="Claims">All of the payload: an object whose members differ and whose texts can be read.</param>
internal sealed record TokenShape(
    string Algorithm, string Type, string Kid, string Issuer, bool HasSubject, bool HasSoundTimes, double? IssuedAt, double? NotBefore, double? Expires, JsonElement Claims)
{
    /// <summary>Longest token that is looked at, in characters.</summary>
    public const int MaxLength = 16 * 1024;

    private static readonly SearchValues<char> Alphabet = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    // Keys or their addresses out of a token are never used (RFC 8725 section 3.10), and critical extensions, an unencoded payload or
    // an encrypted or compressed token are not understood here (RFC 7515 section 4.1.11, RFC 7797); so all of them refuse the token.
    private static readonly string[] RefusedHeaders = ["jwk", "jku", "x5u", "x5c", "crit", "b64", "enc", "zip"];

    /// <summary>
    /// Whether it lives no longer than this. It must say since when, and not since a time to come (from which it could be good for years before it counts as begun).
    /// </summary>
    public bool LivesAtMost(TimeSpan longest, DateTimeOffset now, TimeSpan skew) =>
        Expires - IssuedAt <= longest.TotalSeconds && IssuedAt <= (now + skew).ToUnixTimeMilliseconds() / 1000.0;

    /// <returns>Null when the token is not one that could ever be accepted. Costs no cryptography and throws for no input.</returns>
    public static TokenShape? Read(ReadOnlySpan<char> token)
    {
        if (token.Length > MaxLength) return null;
        Span<Range> parts = stackalloc Range[4];
        if (token.Split(parts, '.') != 3) return null;
        var header = token[parts[0]];
        var payload = token[parts[1]];
        var signature = token[parts[2]];

        // RFC 7515 section 2: no padding, no line breaks, no other alphabet. Decoders differ in what they forgive.
        if (header.ContainsAnyExcept(Alphabet) || payload.ContainsAnyExcept(Alphabet) || signature.ContainsAnyExcept(Alphabet)) return null;

        if (signature.IsEmpty) return null;

        try
        {
            using var head = JsonDocument.Parse(Base64Url.DecodeFromChars(header), Strict);
            Span<byte> text = payload.Length <= 2048 ? stackalloc byte[payload.Length] : new byte[payload.Length];
            text = text[..Base64Url.DecodeFromChars(payload, text)];
            var claims = JsonElement.Parse(text, Strict);
            return (head.RootElement.ValueKind, claims.ValueKind) == (JsonValueKind.Object, JsonValueKind.Object) && IsReadable(claims, text)
                ? Describe(head.RootElement, claims)
                : null;
        }
        catch (Exception e) when (e is FormatException or JsonException or InvalidOperationException)
        {
            // InvalidOperationException: text that is not UTF-8, or half a surrogate pair, is found only when it is read.
            return null;
        }
    }

    // Whoever reads a claim later, policies and headers, shall not be the first to find out that it is no text. Without escapes, which nearly no
    // token has, UTF-8 is all there is to it.
    private static bool IsReadable(JsonElement claims, ReadOnlySpan<byte> text) => text.Contains((byte)'\\') ? IsReadable(claims) : Utf8.IsValid(text);

    private static bool IsReadable(JsonElement claim) => claim.ValueKind switch
    {
        JsonValueKind.String => claim.GetString() is not null,
        JsonValueKind.Object => claim.EnumerateObject().All(member => member.Name is not null && IsReadable(member.Value)),
        JsonValueKind.Array => claim.EnumerateArray().All(IsReadable),
        _ => true,
    };

    private static TokenShape? Describe(JsonElement header, JsonElement claims) =>
        RefusedHeaders.Any(name => header.TryGetProperty(name, out _)) ? null
        : Text(header, "alg") is { } algorithm && TextOrMissing(header, "kid") is { } kid && TextOrMissing(claims, "iss") is { } issuer
            ? new TokenShape(algorithm, Text(header, "typ") ?? "", kid, issuer, Text(claims, "sub") is not null, AreSound(claims), // sub: RFC 9068 section 2.2
                Number(claims, "iat"), Number(claims, "nbf"), Number(claims, "exp"), claims)
            : null;

    // RFC 7519 section 2 for NumericDate, which libraries also take as text.
    private static bool AreSound(JsonElement claims) =>
        IsNumber(claims, "exp", required: true) && IsNumber(claims, "nbf", required: false) && IsNumber(claims, "iat", required: false);

    private static bool IsNumber(JsonElement claims, string name, bool required) =>
        claims.TryGetProperty(name, out _) ? Number(claims, name) is not null : !required;

    private static double? Number(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number) ? number : null;

    // A member that is there and is no text, or an empty one, is never taken for a missing one.
    private static string? TextOrMissing(JsonElement json, string name) => json.TryGetProperty(name, out _) ? Text(json, name) : "";

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;
}
