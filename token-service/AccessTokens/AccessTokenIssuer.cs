using System.Security.Cryptography;
using System.Text;
using FrontDoor.TokenService.RefreshTokens;
using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.AccessTokens;

/// <summary>Issues access tokens (RFC 9068) for a session at one point of its life.</summary>
internal sealed class AccessTokenIssuer(TokenSigner signer, IOptions<AccessTokenOptions> options)
{
    public const string Type = "at+jwt";

    /// <summary>
    /// All claims follow from the session's state: N answers about one rotation carry equal claims, whichever node gives them.
    /// </summary>
    public string Issue(TokenSubject subject, RotatedSession session)
    {
        var issuing = options.Value;
        var issuedAt = session.RotatedAt / 1000;
        return signer.Sign(Type, new Dictionary<string, object>
        {
            ["iss"] = issuing.Issuer,
            ["sub"] = subject.UserId,
            ["aud"] = issuing.Audience,
            ["exp"] = issuedAt + (long)issuing.Lifetime.TotalSeconds,
            ["iat"] = issuedAt,
            ["jti"] = JtiBeside(session.RefreshJti),
            ["sid"] = session.Id,
            ["token_type"] = "access",
            ["user_id"] = subject.UserId,
            ["name"] = subject.Name,
            ["roles"] = subject.Roles,
            ["scope"] = string.Join(' ', issuing.Scopes.Of(subject.Roles)),
        });
    }

    // The refresh token's jti is 128 random bits; a digest of it is as unique and needs no column of its own.
    private static string JtiBeside(string refreshJti) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes("access:" + refreshJti)).AsSpan(0, 16));
}
