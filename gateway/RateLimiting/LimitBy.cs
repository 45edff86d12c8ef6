using System.Security.Claims;

namespace FrontDoor.Gateway.RateLimiting;

/// <summary>What requests are counted by: <c>Address</c>, <c>Route</c>, <c>User</c> or <c>Claim:&lt;name&gt;</c>.</summary>
/// <param name="Kind">The word before the colon.</param>
/// <param name="Claim">The claim's name, for <c>Claim</c> only.</param>
internal readonly record struct LimitBy(LimitByKind Kind, string? Claim)
{
    private const string ClaimPrefix = "Claim:";

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
        LimitByKind.User => $"{Values(context.User, "iss")} {Values(context.User, "sub")}",
        LimitByKind.Claim => Values(context.User, Claim!),
        _ => ClientAddress.Partition(context.Connection.RemoteIpAddress),
    };

    private static string Values(ClaimsPrincipal user, string claim) => string.Join('\n', user.FindAll(claim).Select(c => c.Value));
}

internal enum LimitByKind
{
    Address,
    Route,
    User,
    Claim,
}
