using FrontDoor.TokenService.AccessTokens;
using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.RefreshTokens;

/// <summary>Writes the refresh token that a session's state describes.</summary>
internal sealed class RefreshTokenIssuer(TokenSigner signer, UnusedTokens unused, IOptions<AccessTokenOptions> issuing)
{
    public const string Type = "rt+jwt";
    public const string CounterClaim = "ctr";

    public string Issue(RotatedSession session)
    {
        var expiresAt = session.ExpiresAt / 1000;
        var token = signer.Sign(Type, new Dictionary<string, object>
        {
            ["iss"] = issuing.Value.Issuer,
            ["aud"] = issuing.Value.Issuer,
            ["exp"] = expiresAt,
            ["iat"] = session.RotatedAt / 1000,
            ["jti"] = session.RefreshJti,
            ["sid"] = session.Id,
            [CounterClaim] = session.Counter,
            ["token_type"] = "refresh",
            ["user_id"] = session.UserId,
        }, out var kid);
        unused.Add(token, new IssuedToken(session.Id, session.UserId, session.Counter), kid, expiresAt);
        return token;
    }
}
