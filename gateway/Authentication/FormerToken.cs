using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;

namespace FrontDoor.Gateway.Authentication;

/// <summary>The key of a Django site: the text of its <c>SIGNING_KEY</c>, as PyJWT takes it. Tokens do not name it, so its kid is empty.</summary>
internal static class FormerKey
{
    /// <exception cref="KeyFileException">It is missing, readable by others, or short.</exception>
    public static JsonWebKey Read(string path)
    {
        var key = Encoding.UTF8.GetBytes(PrivateFile.Read(path).TrimEnd('\r', '\n'));
        // RFC 7518 section 3.2: whoever guesses it can be anybody.
        return key.Length >= 32
            ? new JsonWebKey { Kty = JsonWebAlgorithmsKeyTypes.Octet, Kid = "", Alg = SecurityAlgorithms.HmacSha256, K = Base64UrlEncoder.Encode(key) }
            : throw new KeyFileException($"{path} has {key.Length} bytes; HS256 needs at least 32");
    }
}

/// <summary>simplejwt's access tokens: what is demanded of them beside signature and time, and whom they are about.</summary>
internal static class FormerToken
{
    /// <returns>Its claims, in which <c>sub</c> is the user, whatever claim named him; or why it is refused.</returns>
    public static (TokenClaims? Claims, TokenRefusal Refusal) Read(JsonElement payload, IssuerOptions issuer)
    {
        // An access token of ours need not say so, its typ does; these have no other mark.
        if (!payload.TryGetProperty("token_type", out _)) return (null, TokenRefusal.WrongType);
        return User(payload, issuer.UserClaim) is { } user
            ? (new TokenClaims(payload, new Dictionary<string, string[]> { ["sub"] = [user] }), default)
            : (null, TokenRefusal.NoUser);
    }

    // Text since simplejwt 5.5.1, a number before.
    private static string? User(JsonElement payload, string claim) => payload.TryGetProperty(claim, out var value)
        ? value.ValueKind switch
        {
            JsonValueKind.String when value.GetString() is { Length: > 0 } text => text,
            JsonValueKind.Number when value.TryGetInt64(out var number) => number.ToString(CultureInfo.InvariantCulture),
            _ => null,
        }
        : null;
}
