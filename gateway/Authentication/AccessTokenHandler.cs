using System.Text.Json;
using FrontDoor.Gateway.Configuration;
using FrontDoor.Gateway.Observability;
using Microsoft.IdentityModel.Tokens;

namespace FrontDoor.Gateway.Authentication;

/// <summary>
/// Validates access tokens: shape, then issuer, then key, then signature, then times, audience and kind. The library does the cryptography; the rules are written out here, so
/// that no default of a library decides what is trusted, and no object is made that nobody asks for.
/// </summary>
internal sealed class AccessTokenHandler(Derived<TokenCache> caches, TimeProvider time, GatewayMeter meter)
{
    // Times past it, which no clock reaches, are taken for it: beyond the calendar there is no date to compare with.
    private static readonly DateTime LastDay = new(9999, 12, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <param name="token">As it was sent.</param>
    /// <param name="issuers">Those of the configuration that the request's route is from.</param>
    public ValueTask<Verdict> ValidateAsync(ReadOnlyMemory<char> token, IssuerSet issuers) =>
        Find(token, issuers) is { } known ? new(Counted(Judge(known), GatewayMeter.OutcomeRemembered)) : ValidateAndCountAsync(token, issuers);

    private async ValueTask<Verdict> ValidateAndCountAsync(ReadOnlyMemory<char> token, IssuerSet issuers) =>
        Counted(await ValidateNewAsync(token, issuers), GatewayMeter.OutcomeValidated);

    /// <param name="verdict">What is counted.</param>
    /// <param name="good">What a good token counts as.</param>
    private Verdict Counted(Verdict verdict, string good)
    {
        meter.Authenticated(verdict switch
        {
            { Token: not null } => good,
            { Refusal: TokenRefusedException refused } => refused.Refusal.ToString(),
            _ => "unavailable",
        });
        return verdict;
    }

    private ValidatedToken? Find(ReadOnlyMemory<char> token, IssuerSet issuers)
    {
        var cache = caches.Now;
        if (cache.Find(token) is not { } known) return null;
        if (issuers.Has(known.Issuer) && known.Issuer.Keys.Has(known.Key)) return known;
        cache.Reject(token);
        return null;
    }

    private async ValueTask<Verdict> ValidateNewAsync(ReadOnlyMemory<char> token, IssuerSet issuers)
    {
        if (TokenShape.Read(token.Span) is not { } shape) return Verdict.Refused(TokenRefusal.MalformedToken);
        if (issuers.Find(shape.Issuer) is not { } issuer) return Verdict.Refused(TokenRefusal.UnknownIssuer);
        if (ObjectionTo(shape, issuer.Options) is { } objection) return Verdict.Refused(objection);

        JsonWebKey? key;
        try
        {
            key = await issuer.Keys.FindAsync(shape.Kid, shape.Algorithm);
        }
        catch (KeysUnavailableException e)
        {
            return new Verdict(null, e);
        }

        if (key is null) return Verdict.Refused(TokenRefusal.UnknownKey);
        if (!key.Fits(shape.Algorithm)) return Verdict.Refused(TokenRefusal.Algorithm);
        if (!Signatures.Verify(token.Span, key, shape.Algorithm)) return Verdict.Refused(TokenRefusal.Signature);
        if (ObjectionToSigned(shape, issuer.Options) is { } signed) return Verdict.Refused(signed);
        var (claims, refusal) = ClaimsOf(shape.Claims, issuer.Options);
        if (claims is null) return Verdict.Refused(refusal);

        var validated = new ValidatedToken(claims, issuer, key, RevocableNames.Of(shape.Claims, key.Kid), Date(shape.Expires)!.Value);
        caches.Now.Add(token.Span, validated);
        return Judge(validated);
    }

    /// <summary>What may change while a token lives: its time, its revocation, and whether the gateway hears of such things.</summary>
    private Verdict Judge(ValidatedToken token)
    {
        var options = token.Issuer.Options;
        if (HasEnded(options)) return Verdict.Refused(TokenRefusal.IssuerEnded);
        if (token.HasExpired(time.GetUtcNow().UtcDateTime)) return Verdict.Refused(TokenRefusal.Expired);
        if (token.IsRevoked) return Verdict.Refused(TokenRefusal.Revoked);
        return options.Revocations is { WhenStale: StalePolicy.Closed } && !token.Issuer.RevocationsAreFresh
            ? new Verdict(null, new RevocationsStaleException(options.Issuer))
            : new Verdict(token, null);
    }

    // What is seen without a key: nothing is fetched or calculated for a token that could not be accepted anyway.
    private TokenRefusal? ObjectionTo(TokenShape shape, IssuerOptions issuer) =>
        HasEnded(issuer) ? TokenRefusal.IssuerEnded
        : !issuer.EffectiveAlgorithms.Contains(shape.Algorithm) ? TokenRefusal.Algorithm
        : !HasType(issuer, shape.Type) ? TokenRefusal.WrongType
        : !shape.HasSoundTimes || !HasKeyName(issuer, shape) ? TokenRefusal.MalformedToken
        : issuer.MaxLifetime is { } longest && !shape.LivesAtMost(longest, time.GetUtcNow(), issuer.ClockSkew) ? TokenRefusal.Lifetime
        : null;

    // What only the issuer's own token is told.
    private TokenRefusal? ObjectionToSigned(TokenShape shape, IssuerOptions issuer)
    {
        var now = time.GetUtcNow().UtcDateTime;
        return Date(shape.Expires) is not { } expires || expires <= now - issuer.ClockSkew ? TokenRefusal.Expired
            : Date(shape.NotBefore) > now + issuer.ClockSkew ? TokenRefusal.NotYetValid
            : !HasAudience(shape.Claims, issuer) ? TokenRefusal.Audience
            : !IsAccessToken(shape, issuer) ? TokenRefusal.WrongType
            : !shape.HasSubject && !issuer.IsFormer && issuer.Claims.HasUsualSubject ? TokenRefusal.NoUser
            : null;
    }

    private static (TokenClaims? Claims, TokenRefusal Refusal) ClaimsOf(JsonElement payload, IssuerOptions issuer) =>
        issuer.IsFormer ? FormerToken.Read(payload, issuer) : (issuer.Claims.Read(payload), TokenRefusal.NoUser);

    private bool HasEnded(IssuerOptions issuer) => issuer.Until <= time.GetUtcNow();

    // RFC 7519 section 4.1.3: one text or a list of texts, compared exactly. Only a former issuer can have none configured, and its tokens then must have none.
    private static bool HasAudience(JsonElement claims, IssuerOptions issuer)
    {
        if (!claims.TryGetProperty("aud", out var audience)) return issuer is { IsFormer: true, Audiences.Count: 0 };
        return audience.ValueKind switch
        {
            JsonValueKind.String => IsOurs(audience),
            JsonValueKind.Array => audience.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String) && audience.EnumerateArray().Any(IsOurs),
            _ => false,
        };

        bool IsOurs(JsonElement name)
        {
            foreach (var accepted in issuer.Audiences)
            {
                if (name.ValueEquals(accepted)) return true;
            }

            return false;
        }
    }

    // RFC 8725 section 3.11: a refresh or id token is no access token whatever its header says. Keycloak's header says JWT of all its tokens; their
    // claim typ says Bearer, ID, Refresh or Offline. simplejwt's sliding tokens have a typ of their own, which an issuer's Types must name.
    private static bool IsAccessToken(TokenShape shape, IssuerOptions issuer)
    {
        if (shape.Claims.TryGetProperty("token_type", out var type) && !Is(type, "access") && !(Is(type, "sliding") && IsSliding(shape))) return false;
        return !shape.Claims.TryGetProperty("typ", out var kind) || Is(kind, "Bearer") || (kind.ValueKind == JsonValueKind.String && HasType(issuer, kind.GetString()!));
    }

    private static bool Is(JsonElement claim, string text) => claim.ValueKind == JsonValueKind.String && claim.ValueEquals(text);

    private static bool IsSliding(TokenShape shape) => string.Equals(MediaSubtype(shape.Type), "st+jwt", StringComparison.OrdinalIgnoreCase);

    // Only a former issuer and one whose keys are in a file may leave it to us which key is meant.
    private static bool HasKeyName(IssuerOptions issuer, TokenShape shape) => issuer.IsFormer ? shape.Kid.Length == 0 : shape.Kid.Length > 0 || issuer.KeysFile is not null;

    // simplejwt's typ is JWT.
    private static bool HasType(IssuerOptions issuer, string type) => issuer.IsFormer
        ? type.Length == 0 || string.Equals(type, "JWT", StringComparison.OrdinalIgnoreCase)
        : issuer.EffectiveTypes.Contains(MediaSubtype(type), StringComparer.OrdinalIgnoreCase);

    // RFC 7515 section 4.1.9: "application/" may be left out.
    private static string MediaSubtype(string type) =>
        type.StartsWith("application/", StringComparison.OrdinalIgnoreCase) ? type["application/".Length..] : type;

    // RFC 7519 section 2: seconds, also with a fraction; the shape has made sure that it is a finite number.
    private static DateTime? Date(double? time) => time switch
    {
        null => null,
        < 0 => DateTime.UnixEpoch,
        var seconds when seconds >= (LastDay - DateTime.UnixEpoch).TotalSeconds => LastDay,
        var seconds => DateTime.UnixEpoch.AddSeconds(seconds.Value),
    };
}
