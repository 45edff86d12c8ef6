using FrontDoor.TokenService.AccessTokens;
using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.RefreshTokens;

/// <summary>Writes the refresh token that a session's state describes.</summary>
internal sealed class RefreshTokenIssuer(TokenSigner signer, IOptions<AccessTokenOptions> issuing)
{
    public const string Type = "rt+jwt";
    public const string CounterClaim = "ctr";

    public string Issue(RotatedSession session) => signer.Sign(Type, new Dictionary<string, object>
    {
        ["iss"] = issuing.Value.Issuer,
        ["aud"] = issuing.Value.Issuer,
        ["exp"] = session.ExpiresAt / 1000,
        ["iat"] = session.RotatedAt / 1000,
        ["jti"] = session.RefreshJti,
        ["sid"] = session.Id,
        [CounterClaim] = session.Counter,
        ["token_type"] = "refresh",
        ["user_id"] = session.UserId,
    });
}
