namespace FrontDoor.Gateway.Authentication;

/// <summary>Why a token was refused. Names are stable: they are the reason in the access log.</summary>
internal enum TokenRefusal
{
    /// <summary>The Authorization field is not "Bearer", one space or more, one token.</summary>
    MalformedHeader,

    /// <summary>Not a compact JWS, or its header or claims are not acceptable JSON.</summary>
    MalformedToken,

    /// <summary>Algorithm not allowed for this issuer, or not the key's own.</summary>
    Algorithm,

    /// <summary>The <c>typ</c> header or <c>token_type</c> claim is not that of an access token.</summary>
    WrongType,

    /// <summary>The <c>iss</c> claim names no configured issuer.</summary>
    UnknownIssuer,

    /// <summary>The issuer was accepted until a date that has come.</summary>
    IssuerEnded,

    /// <summary>The issuer has no such key.</summary>
    UnknownKey,

    Signature,

    Audience,

    Expired,

    NotYetValid,

    /// <summary>A good token in every other way, but of no user: <c>sub</c>, or the claim configured in its place, is missing or no text.</summary>
    NoUser,

    /// <summary>It lives longer than its issuer may make it live, or does not say since when, or since a time to come.</summary>
    Lifetime,

    /// <summary>It comes with another one: in the Authorization field, a cookie, the query.</summary>
    SeveralCredentials,

    /// <summary>It is from a cookie, and the request is not known to be from the own site.</summary>
    CrossSite,

    /// <summary>The issuer has ended the token, its session or its client, or withdrawn its key.</summary>
    Revoked,
}

/// <summary>Carries the reason through JwtBearer's result; made, never thrown.</summary>
internal sealed class TokenRefusedException(TokenRefusal refusal) : Exception(refusal.ToString())
{
    public TokenRefusal Refusal => refusal;
}
