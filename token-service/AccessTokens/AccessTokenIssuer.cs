using System.Security.Cryptography;
using System.Text;
using FrontDoor.TokenService.RefreshTokens;
using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.AccessTokens;

/// <summary>Issues access tokens (RFC 9068) for a session at one point of its life.</summary>
internal sealed class AccessTokenIssuer(TokenSigner signer, CustomClaims custom, IOptions<AccessTokenOptions> options)
{
    public const string Type = "at+jwt";

    /// <summary>True in a token that a refresh narrowed, which its session does not show; otherwise absent.</summary>
    public const string NarrowedClaim = "narrowed";

    /// <summary>
    /// All claims follow from the session's state: N answers about one rotation carry equal claims, whichever node gives them.
    /// </summary>
    /// <param name="asked">Narrows this one token further (RFC 6749 section 6); null does not.</param>
    public string Issue(RotatedSession session, string? asked = null) =>
        signer.Sign(Type, Describe(session, "access", JtiBeside(session.RefreshJti, asked), options.Value.Lifetime, asked));

    /// <returns>The claims of a token for back ends, issued when the session's state was made.</returns>
    public Dictionary<string, object> Describe(RotatedSession session, string kind, string jti, TimeSpan lifetime, string? asked = null)
    {
        var issuing = options.Value;
        var subject = session.ToSubject();
        var scopes = issuing.Scopes.Of(subject.Roles, session.Scopes);
        var issuedAt = session.RotatedAt / 1000;
        var claims = new Dictionary<string, object>
        {
            ["iss"] = issuing.Issuer,
            ["sub"] = subject.UserId,
            ["aud"] = issuing.Audience,
            ["exp"] = issuedAt + (long)lifetime.TotalSeconds,
            ["iat"] = issuedAt,
            ["jti"] = jti,
            ["sid"] = session.Id,
            ["token_type"] = kind,
            ["user_id"] = subject.UserId,
            ["name"] = subject.Name,
            ["roles"] = subject.Roles,
            ["scope"] = ScopeText.Join(asked is null ? scopes : scopes.Intersect(ScopeText.Split(asked))),
        };
        if (asked is not null) claims[NarrowedClaim] = true;
        custom.AddTo(claims, session.Claims);
        return claims;
    }

    /// <returns>Whether tokens of the session may carry all the scopes asked for.</returns>
    public bool Allows(RotatedSession session, string asked) => options.Value.Scopes.Allows(asked, session.ToSubject().Roles, session.Scopes);

    // The refresh token's jti is 128 random bits; a digest of it is as unique and needs no column of its own. Tokens about one rotation that differ
    // in what was asked for are not the same token.
    private static string JtiBeside(string refreshJti, string? asked) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes($"access:{refreshJti}{asked}")).AsSpan(0, 16));
}
