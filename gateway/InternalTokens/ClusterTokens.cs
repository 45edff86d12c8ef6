using FrontDoor.Gateway.Authentication;
using Microsoft.IdentityModel.Tokens;

namespace FrontDoor.Gateway.InternalTokens;

/// <summary>The internal tokens for one cluster. The newest is kept with the token it stands for, until three quarters of its time are over.</summary>
internal sealed class ClusterTokens
{
    // RFC 8725 section 3.11: cannot be taken for an access token, nor an access token for it.
    private const string Type = "gateway+jwt";

    private readonly InternalTokensOptions _options;
    private readonly string _audience;
    private readonly InternalKey _key;
    private readonly TimeProvider _time;
    private readonly Func<TokenClaims, Kept> _keep;

    public ClusterTokens(InternalTokensOptions options, string audience, InternalKey key, TimeProvider time) =>
        (_options, _audience, _key, _time, _keep) = (options, audience, key, time, Keep);

    private sealed record Signed(string Text, DateTimeOffset At, DateTimeOffset RenewAt)
    {
        // Before its own time, too: a clock that was set back makes it one of the future, which nobody accepts.
        public bool IsFor(DateTimeOffset now) => now >= At && now < RenewAt;
    }

    private sealed class Kept(Dictionary<string, object> claims)
    {
        public Dictionary<string, object> Claims => claims;

        public volatile Signed? Newest;
    }

    public string For(ValidatedToken token)
    {
        var kept = token.Claims.Made(_keep);
        var now = _time.GetUtcNow();
        if (kept.Newest is not { } newest || !newest.IsFor(now)) kept.Newest = newest = Sign(kept.Claims, token, now);
        return newest.Text;
    }

    private Signed Sign(Dictionary<string, object> claims, ValidatedToken token, DateTimeOffset now)
    {
        // The token is let in until its clock skew is over, too. Compared without a sum: its exp may be the end of all time.
        var (last, skew) = (new DateTimeOffset(token.Expires, TimeSpan.Zero), token.Issuer.Options.ClockSkew);
        var expires = last < now + _options.Lifetime - skew ? last + skew : now + _options.Lifetime;
        var text = _key.Sign(new SecurityTokenDescriptor
        {
            TokenType = Type,
            IssuedAt = now.UtcDateTime,
            Expires = expires.UtcDateTime,
            Claims = claims,
        });
        return new Signed(text, now, now + ((expires - now) * 0.75));
    }

    private Kept Keep(TokenClaims held)
    {
        var claims = new Dictionary<string, object>
        {
            ["iss"] = _options.Issuer,
            ["aud"] = _audience,
            ["scope"] = string.Join(' ', held.Scopes),
            ["roles"] = held.Roles,
        };
        foreach (var name in new[] { "sub", "client_id", "sid" })
        {
            if (held.Read(name) is [var value]) claims[name] = value;
        }

        // A subject is unique within its issuer only.
        if (held.Read("iss") is [var issuer]) claims["user_iss"] = issuer;

        return new Kept(claims);
    }
}
