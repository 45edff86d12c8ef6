using System.Security.Claims;
using FrontDoor.Gateway.Configuration;
using FrontDoor.Gateway.Observability;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace FrontDoor.Gateway.Authentication;

/// <summary>
/// Validates access tokens: shape, then issuer, then key, then signature and claims. The library does the cryptography and the claims; what
/// it leaves open (head of the security contract) is closed here.
/// </summary>
internal sealed class AccessTokenHandler(Derived<TokenCache> caches, TimeProvider time, GatewayMeter meter)
{
    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false, MaximumTokenSizeInBytes = TokenShape.MaxLength };

    /// <param name="token">As it was sent.</param>
    /// <param name="issuers">Those of the configuration that the request's route is from.</param>
    public async ValueTask<TokenValidationResult> ValidateAsync(string token, IssuerSet issuers)
    {
        var known = Find(token, issuers);
        var result = known is null ? await ValidateNewAsync(token, issuers) : ObjectionTo(known) ?? known.Result.Result;
        meter.Authenticated(result switch
        {
            { IsValid: true } => known is null ? GatewayMeter.OutcomeValidated : GatewayMeter.OutcomeRemembered,
            { Exception: TokenRefusedException refused } => refused.Refusal.ToString(),
            _ => "unavailable",
        });
        return result;
    }

    /// <summary>The token, if it is remembered, its issuer and key still are what they were, and nothing speaks against it.</summary>
    public ValidatedToken? Remembered(string token, IssuerSet issuers) => Find(token, issuers) is { } known && ObjectionTo(known) is null ? known : null;

    private ValidatedToken? Find(string token, IssuerSet issuers) =>
        caches.Now.Find(token) is { } known && issuers.Has(known.Issuer) && known.Issuer.Keys.Has(known.Key) ? known : null;

    private async Task<TokenValidationResult> ValidateNewAsync(string token, IssuerSet issuers)
    {
        if (TokenShape.Read(token) is not { } shape) return Refused(TokenRefusal.MalformedToken);
        if (issuers.Find(shape.Issuer) is not { } issuer) return Refused(TokenRefusal.UnknownIssuer);
        if (HasEnded(issuer)) return Refused(TokenRefusal.IssuerEnded);
        if (!issuer.Options.EffectiveAlgorithms.Contains(shape.Algorithm)) return Refused(TokenRefusal.Algorithm);
        if (!HasType(issuer.Options, shape.Type)) return Refused(TokenRefusal.WrongType);

        if (!shape.HasSoundTimes) return Refused(TokenRefusal.MalformedToken);
        if (!HasNames(issuer.Options, shape)) return Refused(TokenRefusal.MalformedToken);
        if (issuer.Options.MaxLifetime is { } longest && !shape.LivesAtMost(longest, time.GetUtcNow(), issuer.Options.ClockSkew)) return Refused(TokenRefusal.Lifetime);

        JsonWebKey? key;
        try
        {
            key = await issuer.Keys.FindAsync(shape.Kid, shape.Algorithm);
        }
        catch (KeysUnavailableException e)
        {
            return new TokenValidationResult { Exception = e };
        }

        if (key is null) return Refused(TokenRefusal.UnknownKey);
        if (!key.Fits(shape.Algorithm)) return Refused(TokenRefusal.Algorithm);
        var result = Judge(await _handler.ValidateTokenAsync(token, Parameters(issuer.Options, key)), issuer.Options);
        if (result.IsValid && issuer.Options.IsFormer && FormerToken.Refusal(result, issuer.Options) is { } refusal) return Refused(refusal);
        if (!result.IsValid) return result;

        var jwt = (JsonWebToken)result.SecurityToken;
        if (!issuer.Options.Claims.Apply(result.ClaimsIdentity, jwt)) return Refused(TokenRefusal.MalformedToken);
        var kept = Kept(result.ClaimsIdentity);
        var validated = new ValidatedToken(Task.FromResult(kept), issuer, key, RevocationList.NamesOf(jwt, key.Kid), jwt.ValidTo);
        // The framework's place for what an identity was made from: a stream asks it how long it may last.
        kept.ClaimsIdentity.BootstrapContext = validated;
        caches.Now.Add(token, validated);
        return ObjectionTo(validated) ?? kept;
    }

    /// <summary>
    /// What requests need for as long as the token is remembered: its claims. The library's result also holds the token's text, its parsed JSON, a second list of the claims and
    /// the validation's parameters, which is as much again.
    /// </summary>
    // The library's kind of identity: the framework's own finds claims without regard to case.
    private static TokenValidationResult Kept(ClaimsIdentity identity) =>
        new() { IsValid = true, ClaimsIdentity = new CaseSensitiveClaimsIdentity(identity.Claims, identity.AuthenticationType, identity.NameClaimType, identity.RoleClaimType) };

    /// <summary>What may change while a token lives: its time, its revocation, and whether the gateway hears of such things.</summary>
    private TokenValidationResult? ObjectionTo(ValidatedToken token)
    {
        var options = token.Issuer.Options;
        if (HasEnded(token.Issuer)) return Refused(TokenRefusal.IssuerEnded);
        if (token.HasExpired(time.GetUtcNow().UtcDateTime)) return Refused(TokenRefusal.Expired);
        if (token.IsRevoked) return Refused(TokenRefusal.Revoked);
        return options.Revocations is { WhenStale: StalePolicy.Closed } && !token.Issuer.RevocationsAreFresh
            ? new TokenValidationResult { Exception = new RevocationsStaleException(options.Issuer) }
            : null;
    }

    private bool HasEnded(TrustedIssuer issuer) => issuer.Options.Until <= time.GetUtcNow();

    private static TokenValidationResult Judge(TokenValidationResult result, IssuerOptions issuer) => result.Exception switch
    {
        null => IsAccessToken((JsonWebToken)result.SecurityToken, issuer) ? result : Refused(TokenRefusal.WrongType),
        SecurityTokenExpiredException => Refused(TokenRefusal.Expired),
        SecurityTokenNotYetValidException => Refused(TokenRefusal.NotYetValid),
        SecurityTokenInvalidAudienceException => Refused(TokenRefusal.Audience),
        _ => Refused(TokenRefusal.Signature),
    };

    // RFC 8725 section 3.11: a refresh or id token is no access token whatever its header says. Keycloak's header says JWT of all its tokens; their
    // claim typ says Bearer, ID, Refresh or Offline. simplejwt's sliding tokens have a typ of their own, which an issuer's Types must name.
    private static bool IsAccessToken(JsonWebToken token, IssuerOptions issuer) =>
        (!token.TryGetPayloadValue<object>("token_type", out var type) || type is "access" || (type is "sliding" && IsSliding(token)))
        && (!token.TryGetPayloadValue<object>("typ", out var kind) || kind is "Bearer" || (kind is string named && HasType(issuer, named)));

    private static bool IsSliding(JsonWebToken token) => string.Equals(MediaSubtype(token.Typ), "st+jwt", StringComparison.OrdinalIgnoreCase);

    // Every switch is written out: a default that changes in a library must not change what is trusted.
    private TokenValidationParameters Parameters(IssuerOptions issuer, SecurityKey key) => new()
    {
        RequireSignedTokens = true,
        ValidateIssuerSigningKey = true,
        // Found by its kid above. A former issuer's token names none, and the library would not try the one key there is.
        IssuerSigningKeyResolver = (_, _, _, _) => [key],
        TryAllIssuerSigningKeys = false,
        ValidAlgorithms = issuer.EffectiveAlgorithms,
        // Without a name or an audience only for a former issuer, whose tokens then must have none.
        ValidateIssuer = issuer.Issuer.Length > 0 || !issuer.IsFormer,
        ValidIssuer = issuer.Issuer,
        ValidateAudience = issuer.Audiences.Count > 0 || !issuer.IsFormer,
        RequireAudience = true,
        ValidAudiences = issuer.Audiences,
        IgnoreTrailingSlashWhenValidatingAudience = false,
        RequireExpirationTime = true,
        ValidateLifetime = true,
        LifetimeValidator = (notBefore, expires, _, _) => IsInTime(notBefore, expires, issuer.ClockSkew),
        ValidateTokenReplay = false,
        ValidateActor = false,
        NameClaimType = "name",
        RoleClaimType = "roles",
        AuthenticationType = "Bearer",
        LogValidationExceptions = false,
    };

    private bool IsInTime(DateTime? notBefore, DateTime? expires, TimeSpan skew)
    {
        var now = time.GetUtcNow().UtcDateTime;
        if (expires is null || expires.Value <= now - skew) throw new SecurityTokenExpiredException();
        return notBefore is null || notBefore.Value <= now + skew ? true : throw new SecurityTokenNotYetValidException();
    }

    // Only a former issuer and one whose keys are in a file may leave it to us which key is meant.
    private static bool HasNames(IssuerOptions issuer, TokenShape shape) => issuer.IsFormer
        ? shape.Kid.Length == 0
        : (shape.Kid.Length > 0 || issuer.KeysFile is not null) && (shape.HasSubject || !issuer.Claims.HasUsualSubject);

    // simplejwt's typ is JWT.
    private static bool HasType(IssuerOptions issuer, string type) => issuer.IsFormer
        ? type.Length == 0 || string.Equals(type, "JWT", StringComparison.OrdinalIgnoreCase)
        : issuer.EffectiveTypes.Contains(MediaSubtype(type), StringComparer.OrdinalIgnoreCase);

    // RFC 7515 section 4.1.9: "application/" may be left out.
    private static string MediaSubtype(string type) =>
        type.StartsWith("application/", StringComparison.OrdinalIgnoreCase) ? type["application/".Length..] : type;

    private static TokenValidationResult Refused(TokenRefusal refusal) => new() { Exception = new TokenRefusedException(refusal) };
}
