using Yarp.ReverseProxy.Configuration;

namespace FrontDoor.Gateway.Authorization;

/// <summary>A route's <c>AuthorizationPolicy</c>.</summary>
internal static class PolicyName
{
    public const string Anonymous = "Anonymous";

    private const string Default = "Default";

    /// <summary>Names with a meaning of their own: no token; any valid token, which is also what a route without a policy needs.</summary>
    public static readonly string[] Reserved = [Anonymous, Default];

    public static bool IsAnonymous(RouteConfig route) => Anonymous.Equals(route.AuthorizationPolicy, StringComparison.OrdinalIgnoreCase);

    /// <returns>The entry of <c>Policies</c> that it names; null when it names none.</returns>
    public static string? Of(RouteConfig route) =>
        string.IsNullOrEmpty(route.AuthorizationPolicy) || Reserved.Contains(route.AuthorizationPolicy, StringComparer.OrdinalIgnoreCase) ? null : route.AuthorizationPolicy;
}
