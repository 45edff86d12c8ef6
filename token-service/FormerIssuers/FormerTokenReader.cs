using System.Globalization;
using FrontDoor.TokenService.RefreshTokens;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace FrontDoor.TokenService.FormerIssuers;

/// <summary>A living token of a former issuer.</summary>
/// <param name="Issuer">The name of its entry in the configuration.</param>
/// <param name="UserId">Whom it is about.</param>
/// <param name="Jti">Its <c>jti</c>.</param>
/// <param name="IsRefresh">A refresh token; otherwise an access token.</param>
/// <param name="ExpiresAt">Unix milliseconds.</param>
internal sealed record FormerToken(string Issuer, string UserId, string Jti, bool IsRefresh, long ExpiresAt);

/// <summary>Reads the tokens of former issuers. Whether a refresh token was exchanged already is another matter.</summary>
internal sealed class FormerTokenReader(IOptions<FormerIssuersOptions> options, FormerKeyDocuments documents, TimeProvider time, ILogger<FormerTokenReader> logger)
{
    private const int MaxLength = 16 * 1024;

    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false, MaximumTokenSizeInBytes = MaxLength };

    private readonly Dictionary<string, (string Name, FormerIssuerOptions Options, FormerKeySource Keys)> _byIssuer = options.Value.ToDictionary(
        o => o.Value.Issuer ?? "", o => (o.Key, o.Value, new FormerKeySource(o.Key, o.Value, documents, time, logger)), StringComparer.Ordinal);

    /// <exception cref="FormerKeysUnavailableException">Its issuer's keys have not been fetched yet.</exception>
    public async Task<(FormerToken? Token, TokenFault Fault)> ReadAsync(string text)
    {
        if (_byIssuer.Count == 0 || Named(text) is not { } named || !_byIssuer.TryGetValue(named.Issuer, out var issuer)) return (null, TokenFault.Invalid);
        if (issuer.Options.Until <= time.GetUtcNow()) return (null, TokenFault.Invalid);

        var result = await _handler.ValidateTokenAsync(text, Parameters(issuer.Options, await issuer.Keys.ForAsync(named.Kid)));
        if (result.Exception is SecurityTokenInvalidLifetimeException) return (null, TokenFault.Expired);
        return result.IsValid && Describe(issuer.Name, issuer.Options, (JsonWebToken)result.SecurityToken) is { } token ? (token, default) : (null, TokenFault.Invalid);
    }

    // Tells only which keys to try; the claims are believed after the signature.
    private static (string Issuer, string? Kid)? Named(string text)
    {
        if (text.Length > MaxLength) return null;
        try
        {
            var token = new JsonWebToken(text);
            return (token.Issuer ?? "", token.Kid);
        }
        catch (Exception e) when (e is ArgumentException or SecurityTokenException)
        {
            return null;
        }
    }

    private TokenValidationParameters Parameters(FormerIssuerOptions issuer, FormerKeys keys) => new()
    {
        ValidTypes = null, // simplejwt's is JWT, others' differ; token_type tells what it is
        ValidAlgorithms = keys.Algorithms,
        RequireSignedTokens = true,
        IssuerSigningKeyResolver = (_, _, kid, _) => keys.For(kid),
        TryAllIssuerSigningKeys = false,
        ValidateIssuerSigningKey = true,
        ValidateIssuer = issuer.Issuer is not null,
        ValidIssuer = issuer.Issuer,
        ValidateAudience = issuer.Audience is not null,
        ValidAudience = issuer.Audience,
        RequireExpirationTime = true,
        ValidateLifetime = true,
        LifetimeValidator = (notBefore, expires, _, _) => expires > time.GetUtcNow().UtcDateTime && !(notBefore > time.GetUtcNow().UtcDateTime),
    };

    private static FormerToken? Describe(string name, FormerIssuerOptions issuer, JsonWebToken jwt)
    {
        if (issuer.Audience is null && jwt.TryGetPayloadValue<object>("aud", out _)) return null;
        if (!jwt.TryGetPayloadValue<string>("token_type", out var type) || type is not ("access" or "refresh")) return null;
        if (!jwt.TryGetPayloadValue<string>("jti", out var jti) || string.IsNullOrEmpty(jti)) return null;
        var expiresAt = new DateTimeOffset(jwt.ValidTo, TimeSpan.Zero).ToUnixTimeMilliseconds();
        return User(jwt, issuer.UserClaim) is { } user ? new FormerToken(name, user, jti, type == "refresh", expiresAt) : null;
    }

    // Text since simplejwt 5.5.1, a number before.
    private static string? User(JsonWebToken jwt, string claim) => jwt.TryGetPayloadValue<object>(claim, out var value)
        ? value switch
        {
            string { Length: > 0 } text => text,
            int or long => Convert.ToString(value, CultureInfo.InvariantCulture),
            _ => null,
        }
        : null;
}
