using Yarp.ReverseProxy.Configuration;

namespace FrontDoor.Gateway.RateLimiting;

/// <summary>The <c>RateLimiterPolicy</c> of a route or site.</summary>
internal static class LimitName
{
    // YARP's words for no limit of its own.
    private static readonly string[] None = ["Default", "Disable"];

    /// <returns>The entries of <c>RateLimits</c> that it names, in that order; all of them hold.</returns>
    public static IReadOnlyList<string> Of(RouteConfig route) => Of(route.RateLimiterPolicy);

    /// <inheritdoc cref="Of(RouteConfig)"/>
    public static IReadOnlyList<string> Of(string? policy) =>
        policy is not { Length: > 0 } names || None.Contains(names, StringComparer.OrdinalIgnoreCase)
            ? []
            : names.Split(',', StringSplitOptions.TrimEntries);
}
