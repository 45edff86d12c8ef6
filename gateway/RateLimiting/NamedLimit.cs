using static System.FormattableString;

namespace FrontDoor.Gateway.RateLimiting;

/// <summary>A limit and its name. Two with the same values are one limit: its counts outlive a reload.</summary>
internal sealed record NamedLimit(string Name, RateLimitOptions Options)
{
    public LimitBy By { get; } = LimitBy.Parse(Options.By)!.Value;

    /// <summary>Its member of <c>RateLimit-Policy</c> (draft-ietf-httpapi-ratelimit-headers-10 section 3).</summary>
    public string Policy { get; } = Options.Kind == LimitKind.Concurrency
        ? $"\"{Name}\";q={Options.Permits};qu=\"concurrent-requests\""
        : Invariant($"\"{Name}\";q={Options.Permits};w={Math.Ceiling(Options.Length.TotalSeconds)}");
}

/// <summary>What the endpoint of a route or site carries of limits.</summary>
/// <param name="Route">Its id.</param>
/// <param name="ByOrigin">Count before authentication, so that guessing tokens counts too.</param>
/// <param name="ByUser">Count once the user is known and allowed.</param>
internal sealed record RouteLimits(string Route, IReadOnlyList<NamedLimit> ByOrigin, IReadOnlyList<NamedLimit> ByUser);

/// <summary>Whom a limit counts.</summary>
internal readonly record struct Counted(NamedLimit Limit, string Client);
