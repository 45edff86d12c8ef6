using FrontDoor.Gateway.Authentication;

namespace FrontDoor.Gateway.RateLimiting;

/// <summary>What requests are counted by: <c>Address</c>, <c>Route</c>, <c>User</c> or <c>Claim:&lt;name&gt;</c>.</summary>
/// <param name="Kind">The word before the colon.</param>
/// <param name="Claim">The claim's name, for <c>Claim</c> only.</param>
internal readonly record struct LimitBy(LimitByKind Kind, string? Claim)
{
    private const string ClaimPrefix = "Claim:";

    private static readonly Func<TokenClaims, string> Users = static claims => $"{Values(claims, "iss")} {Values(claims, "sub")}";

    /// <summary>Whether the user must be known first; such a limit counts after authorization.</summary>
    public bool NeedsUser => Kind is LimitByKind.User or LimitByKind.Claim;

    /// <returns>Null when the text is none of the legal ones.</returns>
    public static LimitBy? Parse(string text) => text.ToUpperInvariant() switch
    {
        "ADDRESS" => new(LimitByKind.Address, null),
        "ROUTE" => new(LimitByKind.Route, null),
        "USER" => new(LimitByKind.User, null),
        _ when text.StartsWith(ClaimPrefix, StringComparison.OrdinalIgnoreCase) && text.Length > ClaimPrefix.Length => new(LimitByKind.Claim, text[ClaimPrefix.Length..]),
        _ => null,
    };

    /// <summary>Whom this request counts for.</summary>
    public string ClientOf(HttpContext context, string route) => Kind switch
    {
        LimitByKind.Route => route,
        // A subject is unique within its issuer only.
        LimitByKind.User => TokenClaims.Of(context.User).Made(Users),
        LimitByKind.Claim => Values(TokenClaims.Of(context.User), Claim!),
        _ => ClientAddress.Partition(context.Connection.RemoteIpAddress),
    };

    private static string Values(TokenClaims claims, string name) => claims.At(name) is [var only] ? only : string.Join('\n', claims.At(name));
}

internal enum LimitByKind
{
    Address,
    Route,
    User,
    Claim,
}
