using Yarp.ReverseProxy.Configuration;

namespace FrontDoor.Gateway.CrossOrigin;

/// <summary>The <c>CorsPolicy</c> of a route or site.</summary>
internal static class CorsName
{
    /// <summary>YARP's word for no policy.</summary>
    public const string Disable = "Disable";

    /// <returns>The entry of <c>Cors</c> that it names; null when it names none.</returns>
    public static string? Of(RouteConfig route) => Of(route.CorsPolicy);

    /// <inheritdoc cref="Of(RouteConfig)"/>
    public static string? Of(string? policy) => string.IsNullOrEmpty(policy) || Disable.Equals(policy, StringComparison.OrdinalIgnoreCase) ? null : policy;
}
