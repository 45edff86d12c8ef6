using Yarp.ReverseProxy.Configuration;

namespace FrontDoor.Gateway.CrossOrigin;

/// <summary>A route's <c>CorsPolicy</c>.</summary>
internal static class CorsName
{
    /// <summary>YARP's word for no policy.</summary>
    public const string Disable = "Disable";

    /// <returns>The entry of <c>Cors</c> that it names; null when it names none.</returns>
    public static string? Of(RouteConfig route) =>
        string.IsNullOrEmpty(route.CorsPolicy) || Disable.Equals(route.CorsPolicy, StringComparison.OrdinalIgnoreCase) ? null : route.CorsPolicy;
}
