using Microsoft.AspNetCore.Routing.Patterns;
using Yarp.ReverseProxy.Configuration;

namespace FrontDoor.Gateway.Forwarding;

/// <summary>
/// Two routes between which ASP.NET Core's routing could not decide: it would answer 500 to whatever matches both. A route that names
/// methods, hosts, headers or parameters goes before one that does not, so only those that are alike in this count.
/// </summary>
internal static class OverlappingRoutes
{
    public static void Check(IEnumerable<RouteConfig> routes, ICollection<string> faults)
    {
        // By host too, so that a group has few routes and each pair can be looked at.
        var alike = routes.SelectMany(r => HostsOf(r.Match), (Route, Host) => (Route, Host)).GroupBy(r => (r.Route.Order ?? 0, Shape(r.Route.Match.Path), r.Host), r => r.Route);
        var pairs = alike.SelectMany(g => g.SelectMany((route, i) => g.Take(i).Where(other => Overlap(other.Match, route.Match)).Select(other => (route, other)))).Distinct();
        foreach (var (route, other) in pairs)
            faults.Add($"ReverseProxy:Routes:{route.RouteId} matches the same requests as {other.RouteId}; give them different paths, methods, hosts or Order");
    }

    private static IEnumerable<string> HostsOf(RouteMatch match) => match.Hosts is { Count: > 0 } hosts ? hosts.Select(h => h.ToUpperInvariant()) : [""];

    private static bool Overlap(RouteMatch a, RouteMatch b) =>
        Share(a.Methods, b.Methods) && Equal(a.Headers, b.Headers) && Equal(a.QueryParameters, b.QueryParameters);

    private static bool Share(IReadOnlyList<string>? a, IReadOnlyList<string>? b) =>
        (a is null or []) == (b is null or []) && (a is null or [] || a.Intersect(b!, StringComparer.OrdinalIgnoreCase).Any());

    private static bool Equal<T>(IReadOnlyList<T>? a, IReadOnlyList<T>? b) => (a ?? []).ToHashSet().SetEquals(b ?? []);

    // The path without the names of its parameters: /a/{x} and /A/{y?} match alike.
    private static string Shape(string? path)
    {
        try
        {
            var pattern = RoutePatternFactory.Parse(string.IsNullOrEmpty(path) ? "/{**catchall}" : path);
            return string.Join('/', pattern.PathSegments.Select(segment => string.Concat(segment.Parts.Select(Shape))));
        }
        catch (RoutePatternException)
        {
            return path!; // YARP's validator has refused it
        }
    }

    private static string Shape(RoutePatternPart part) => part switch
    {
        RoutePatternLiteralPart literal => literal.Content.ToUpperInvariant(),
        RoutePatternSeparatorPart separator => separator.Content,
        RoutePatternParameterPart parameter => $"{{{(parameter.IsCatchAll ? "*" : "")}{string.Concat(parameter.ParameterPolicies.Select(p => ":" + p.Content))}}}",
        _ => "",
    };
}
