using FrontDoor.TokenService.AccessTokens;
using FrontDoor.TokenService.RefreshTokens;
using FrontDoor.TokenService.Users;
using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.SlidingTokens;

/// <summary>
/// Issues and renews sliding tokens. Each belongs to a session's row, so that signing out ends it; renewing changes nothing there and keeps the <c>jti</c>.
/// </summary>
internal sealed class SlidingTokenIssuer(
    Sessions sessions, TokenSigner signer, AccessTokenIssuer accessTokens, IOptions<SlidingTokenOptions> options, TimeProvider time)
{
    public const string Type = "st+jwt";
    public const string Kind = "sliding";
    public const string RefreshUntilClaim = "refresh_exp";

    /// <returns>Null when the user was disabled or changed the password after it was checked.</returns>
    public async Task<string?> BeginAsync(User user, string? scopes, string? userAgent, string? address, CancellationToken cancellationToken)
    {
        // The row outlives the token that is issued in the last moment of renewal.
        var life = options.Value.RefreshLifetime + options.Value.Lifetime;
        var session = await sessions.StartAsync(user, scopes, userAgent, address, life, life, origin: null, cancellationToken);
        return session is null ? null : Issue(session, (session.RotatedAt + (long)options.Value.RefreshLifetime.TotalMilliseconds) / 1000);
    }

    /// <summary>Renews one that has not expired.</summary>
    /// <param name="refreshUntil">Its <c>refresh_exp</c>, which the new one keeps.</param>
    public async Task<(string? Token, RefreshVerdict Verdict)> RenewAsync(IssuedToken token, long refreshUntil, CancellationToken cancellationToken)
    {
        var (session, verdict) = await sessions.JudgeAsync(token, cancellationToken);
        if (verdict != RefreshVerdict.Current) return (null, verdict);
        return (Issue(session! with { RotatedAt = time.GetUtcNow().ToUnixTimeMilliseconds() }, refreshUntil), verdict);
    }

    private string Issue(RotatedSession session, long refreshUntil)
    {
        var claims = accessTokens.Describe(session, Kind, session.RefreshJti, options.Value.Lifetime);
        claims[RefreshUntilClaim] = refreshUntil;
        return signer.Sign(Type, claims);
    }
}
