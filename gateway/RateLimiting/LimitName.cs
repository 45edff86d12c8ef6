using Yarp.ReverseProxy.Configuration;

namespace FrontDoor.Gateway.RateLimiting;

/// <summary>A limit and its name, as an endpoint carries it. Two with the same values are one limit: its counts outlive a reload.</summary>
internal sealed record NamedLimit(string Name, RateLimitOptions Options);

/// <summary>A route's <c>RateLimiterPolicy</c>.</summary>
internal static class LimitName
{
    // YARP's words for no limit of its own.
    private static readonly string[] None = ["Default", "Disable"];

    /// <returns>The entry of <c>RateLimits</c> that it names; null when it names none.</returns>
    public static string? Of(RouteConfig route) =>
        string.IsNullOrEmpty(route.RateLimiterPolicy) || None.Contains(route.RateLimiterPolicy, StringComparer.OrdinalIgnoreCase) ? null : route.RateLimiterPolicy;
}
