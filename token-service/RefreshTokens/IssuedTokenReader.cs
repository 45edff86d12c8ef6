using FrontDoor.TokenService.AccessTokens;
using FrontDoor.TokenService.Keys;
using FrontDoor.TokenService.SlidingTokens;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace FrontDoor.TokenService.RefreshTokens;

/// <summary>A token of ours whose signature, type, issuer, audience and time hold.</summary>
/// <param name="SessionId">The <c>sid</c>.</param>
/// <param name="UserId">The <c>user_id</c>.</param>
/// <param name="Counter">The refresh counter; null for an access or a sliding token.</param>
/// <param name="RefreshUntil">The <c>refresh_exp</c> of a sliding token, in Unix seconds; null for others.</param>
/// <param name="IsNarrowed">Whether a refresh asked for fewer scopes for this access token.</param>
internal sealed record IssuedToken(string SessionId, string UserId, long? Counter, long? RefreshUntil = null, bool IsNarrowed = false);

internal enum TokenFault
{
    Invalid,
    Expired,
    WrongType,
    NoExpiry,
    NoId,
    NoType,

    /// <summary>A sliding token that does not say until when it can be renewed.</summary>
    NoRefreshExpiry,
}

/// <summary>Reads back the tokens this service issued. What the session says of them is another matter.</summary>
internal sealed class IssuedTokenReader(KeyRing keys, UnusedTokens unused, IOptions<AccessTokenOptions> issuing, IOptions<SlidingTokenOptions> sliding, TimeProvider time)
{
    private readonly string[] _types = [AccessTokenIssuer.Type, RefreshTokenIssuer.Type, .. sliding.Value.Enabled ? [SlidingTokenIssuer.Type] : Array.Empty<string>()];

    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false, MaximumTokenSizeInBytes = 16 * 1024 };

    /// <summary>Reads a refresh token; an access token is the wrong type.</summary>
    /// <param name="orSliding">Whether a sliding token will do as well.</param>
    public async Task<(IssuedToken? Token, TokenFault Fault)> ReadRefreshAsync(string token, bool orSliding = false)
    {
        if (unused.Take(token) is { } own) return (own, default);
        var (read, fault) = await ReadAnyAsync(token);
        return read is { Counter: null } && !(orSliding && read.RefreshUntil is not null) ? (null, TokenFault.WrongType) : (read, fault);
    }

    /// <summary>Reads an access, a refresh or a sliding token.</summary>
    public async Task<(IssuedToken? Token, TokenFault Fault)> ReadAnyAsync(string token)
    {
        var (jwt, fault) = await ValidateAsync(token);
        if (jwt is null) return (null, fault);
        // In simplejwt's order.
        if (!jwt.TryGetPayloadValue<string>("jti", out _)) return (null, TokenFault.NoId);
        if (!jwt.TryGetPayloadValue<string>("token_type", out _)) return (null, TokenFault.NoType);
        return Describe(jwt) is { } issued ? (issued, default) : (null, LacksRefreshExpiry(jwt) ? TokenFault.NoRefreshExpiry : TokenFault.Invalid);
    }

    private static bool LacksRefreshExpiry(JsonWebToken jwt) =>
        jwt.Typ == SlidingTokenIssuer.Type && !jwt.TryGetPayloadValue<object>(SlidingTokenIssuer.RefreshUntilClaim, out _);

    /// <summary>Any token of ours whose signature, type, issuer and time hold. Whom it is for depends on its kind: see <see cref="Describe"/>.</summary>
    public async Task<(JsonWebToken? Jwt, TokenFault Fault)> ValidateAsync(string token)
    {
        var result = await _handler.ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidTypes = _types,
            ValidAlgorithms = keys.Algorithms,
            // RFC 8725 section 3.1: one key, one algorithm. Types differ but for RS256 and PS256.
            AlgorithmValidator = (algorithm, key, _, _) => keys.Find(key.KeyId) is { } own && own.Algorithm == algorithm,
            RequireSignedTokens = true,
            IssuerSigningKeys = keys.Verification,
            TryAllIssuerSigningKeys = false,
            ValidateIssuerSigningKey = true,
            ValidateIssuer = true,
            ValidIssuer = issuing.Value.Issuer,
            ValidateAudience = false,
            RequireExpirationTime = true,
            ValidateLifetime = true,
            // iat is not asked, unlike in PyJWT: after a clock stepped back, living tokens were issued in the future.
            LifetimeValidator = (notBefore, expires, _, _) => expires > Now && !(notBefore > Now),
        });

        if (result.Exception is SecurityTokenInvalidLifetimeException untimely)
            return (null, untimely.Expires is not { } end ? TokenFault.NoExpiry : end <= Now ? TokenFault.Expired : TokenFault.Invalid);
        return result.IsValid && result.SecurityToken is JsonWebToken jwt ? (jwt, default) : (null, TokenFault.Invalid);
    }

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    /// <summary>
    /// Reads a session's token. The header's typ, the token_type claim and the audience must agree, so that one kind never passes for the other.
    /// </summary>
    /// <returns>Null when it is no session's.</returns>
    public IssuedToken? Describe(JsonWebToken jwt)
    {
        if (!jwt.TryGetPayloadValue<string>("sid", out var sid) || !jwt.TryGetPayloadValue<string>("user_id", out var user)
            || !jwt.TryGetPayloadValue<string>("token_type", out var type)) return null;
        return (jwt.Typ, type) switch
        {
            (AccessTokenIssuer.Type, "access") when jwt.Audiences.Contains(issuing.Value.Audience) =>
                new IssuedToken(sid, user, null, IsNarrowed: jwt.TryGetPayloadValue<object>(AccessTokenIssuer.NarrowedClaim, out _)),
            (RefreshTokenIssuer.Type, "refresh") when jwt.Audiences.Contains(issuing.Value.Issuer)
                && jwt.TryGetPayloadValue<long>(RefreshTokenIssuer.CounterClaim, out var counter) => new IssuedToken(sid, user, counter),
            (SlidingTokenIssuer.Type, SlidingTokenIssuer.Kind) when jwt.Audiences.Contains(issuing.Value.Audience)
                && jwt.TryGetPayloadValue<long>(SlidingTokenIssuer.RefreshUntilClaim, out var until) => new IssuedToken(sid, user, null, until),
            _ => null,
        };
    }
}
