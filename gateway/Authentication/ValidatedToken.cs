using System.Security.Claims;
using Microsoft.IdentityModel.Tokens;

namespace FrontDoor.Gateway.Authentication;

/// <summary>A validated token: what it says, and by what it holds. Thousands of them are kept, so it has nothing that no request asks for.</summary>
/// <param name="claims">What it says, by the usual names.</param>
/// <param name="issuer">Its issuer.</param>
/// <param name="key">The key that verified it.</param>
/// <param name="names">Under which it would be revoked.</param>
/// <param name="expires">Its <c>exp</c>, in UTC.</param>
internal sealed class ValidatedToken(TokenClaims claims, TrustedIssuer issuer, JsonWebKey key, RevocableNames names, DateTime expires)
{
    private ClaimsPrincipal? _user;

    public TokenClaims Claims => claims;

    public TrustedIssuer Issuer => issuer;

    public JsonWebKey Key => key;

    public DateTime Expires => expires;

    /// <summary>
    /// Whom its requests are from. One for all of them: nobody changes a user here. Its claims are those of <see cref="Claims"/>; the framework needs to know only
    /// that there is somebody.
    /// </summary>
    // BootstrapContext is the framework's place for what an identity was made from.
    public ClaimsPrincipal User => _user ??= new(new ClaimsIdentity("Bearer") { BootstrapContext = this });

    public bool IsRevoked => issuer.Revocations.Revokes(names);

    /// <summary>Whether its time is over, or its issuer's.</summary>
    public bool HasExpired(DateTime now) => expires <= now - issuer.Options.ClockSkew || issuer.Options.Until?.UtcDateTime <= now;

    /// <summary>The token that a request was let in with; null for none.</summary>
    public static ValidatedToken? Of(ClaimsPrincipal user) => (user.Identity as ClaimsIdentity)?.BootstrapContext as ValidatedToken;
}

/// <summary>What is known of a request's token before the framework's handlers ask for it. A feature of the request.</summary>
internal sealed record JudgedToken(Verdict Verdict);

/// <summary>The outcome of a validation: a token, or why there is none.</summary>
/// <param name="Refusal">A <see cref="TokenRefusedException"/> or a <see cref="CannotJudgeException"/>; made, never thrown.</param>
internal readonly record struct Verdict(ValidatedToken? Token, Exception? Refusal)
{
    public static Verdict Refused(TokenRefusal refusal) => new(null, new TokenRefusedException(refusal));
}
