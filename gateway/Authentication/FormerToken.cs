using System.Globalization;
using System.Security.Claims;
using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace FrontDoor.Gateway.Authentication;

/// <summary>The key of a Django site: the text of its <c>SIGNING_KEY</c>, as PyJWT takes it. Tokens do not name it, so its kid is empty.</summary>
internal static class FormerKey
{
    /// <exception cref="SecretFaultException">It is missing, readable by others, or short.</exception>
    public static JsonWebKey Read(string path)
    {
        var key = Encoding.UTF8.GetBytes(PrivateFile.Read(path).TrimEnd('\r', '\n'));
        // RFC 7518 section 3.2: whoever guesses it can be anybody.
        return key.Length >= 32
            ? new JsonWebKey { Kty = JsonWebAlgorithmsKeyTypes.Octet, Kid = "", Alg = SecurityAlgorithms.HmacSha256, K = Base64UrlEncoder.Encode(key) }
            : throw new SecretFaultException($"{path} has {key.Length} bytes; HS256 needs at least 32");
    }
}

/// <summary>simplejwt's access tokens: what is demanded of them beside signature and time, and whom they are about.</summary>
internal static class FormerToken
{
    /// <summary>Null when it is good; <c>sub</c> is then the user, whatever claim named him.</summary>
    public static TokenRefusal? Refusal(TokenValidationResult result, IssuerOptions issuer)
    {
        var token = (JsonWebToken)result.SecurityToken;
        // An access token of ours need not say so, its typ does; these have no other mark.
        if (!token.TryGetPayloadValue<object>("token_type", out _)) return TokenRefusal.WrongType;
        if (issuer.Audiences.Count == 0 && token.TryGetPayloadValue<object>("aud", out _)) return TokenRefusal.Audience;
        if (User(token, issuer.UserClaim) is not { } user) return TokenRefusal.MalformedToken;

        foreach (var claim in result.ClaimsIdentity.FindAll("sub").ToArray()) result.ClaimsIdentity.RemoveClaim(claim);
        result.ClaimsIdentity.AddClaim(new Claim("sub", user));
        return null;
    }

    // Text since simplejwt 5.5.1, a number before.
    private static string? User(JsonWebToken token, string claim) => token.TryGetPayloadValue<object>(claim, out var value)
        ? value switch
        {
            string { Length: > 0 } text => text,
            int or long => Convert.ToString(value, CultureInfo.InvariantCulture),
            _ => null,
        }
        : null;
}
