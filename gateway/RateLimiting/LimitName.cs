using Yarp.ReverseProxy.Configuration;

namespace FrontDoor.Gateway.RateLimiting;

/// <summary>A route's <c>RateLimiterPolicy</c>.</summary>
internal static class LimitName
{
    // YARP's words for no limit of its own.
    private static readonly string[] None = ["Default", "Disable"];

    /// <returns>The entries of <c>RateLimits</c> that it names, in that order; all of them hold.</returns>
    public static IReadOnlyList<string> Of(RouteConfig route) =>
        route.RateLimiterPolicy is not { Length: > 0 } names || None.Contains(names, StringComparer.OrdinalIgnoreCase)
            ? []
            : names.Split(',', StringSplitOptions.TrimEntries);
}
