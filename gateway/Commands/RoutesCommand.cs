using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using FrontDoor.Gateway.Configuration;
using Microsoft.AspNetCore.Routing.Patterns;
using Yarp.ReverseProxy.Configuration;

namespace FrontDoor.Gateway.Commands;

/// <summary><c>gateway routes</c>: which request goes where, and by whose leave.</summary>
internal static class RoutesCommand
{
    private sealed record Row(
        string Route, int Order, string Host, string Path, string Methods, string Policy, string? RateLimit, string Cluster, IReadOnlyList<string> Destinations, TimeSpan Timeout);

    public static Command Create(Func<ParseResult, Action<GatewayConfig>, Task<int>> withConfigAsync)
    {
        var json = new Option<bool>("--json") { Description = "Write JSON to standard output" };
        var command = new Command("routes", "List the routes in the order in which they are tried") { json };
        command.SetAction((options, _) => withConfigAsync(options, config => Write(config, options.GetValue(json))));
        return command;
    }

    private static void Write(GatewayConfig config, bool json)
    {
        var rows = config.Routes.Values.OrderBy(r => r.Order ?? 0).ThenBy(r => Pattern(r).InboundPrecedence).ThenBy(r => r.Match.Path, StringComparer.OrdinalIgnoreCase)
            .ThenByDescending(r => r.Match.Hosts?.Count > 0).ThenByDescending(r => r.Match.Methods?.Count > 0).Select(r => Describe(r, config)).ToArray();
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(rows, GatewayCommands.JsonOutput));
            return;
        }

        Table.Write(
            ["ORDER", "HOST", "PATH", "METHODS", "POLICY", "LIMIT", "CLUSTER"],
            rows.Select(r => new[] { r.Order.ToString(CultureInfo.InvariantCulture), r.Host, r.Path, r.Methods, r.Policy, r.RateLimit ?? "-", r.Cluster }));
        Console.WriteLine();
        Table.Write(
            ["CLUSTER", "TIMEOUT", "DESTINATIONS"],
            rows.DistinctBy(r => r.Cluster).Select(r => new[] { r.Cluster, r.Timeout.ToString(), string.Join(' ', r.Destinations) }));
    }

    private static Row Describe(RouteConfig route, GatewayConfig config) => new(
        route.RouteId,
        route.Order ?? 0,
        route.Match.Hosts is { Count: > 0 } hosts ? string.Join(',', hosts) : "*",
        PathOf(route),
        route.Match.Methods is { Count: > 0 } methods ? string.Join(',', methods) : "*",
        string.IsNullOrEmpty(route.AuthorizationPolicy) ? "Default" : route.AuthorizationPolicy,
        RateLimiting.LimitName.Of(route),
        route.ClusterId!,
        [.. (config.Clusters[route.ClusterId!].Destinations ?? new Dictionary<string, DestinationConfig>()).Values.Select(d => d.Address)],
        config.Resilience.Of(route.ClusterId!).TotalTimeout);

    private static string PathOf(RouteConfig route) => string.IsNullOrEmpty(route.Match.Path) ? "/{**catchall}" : route.Match.Path;

    private static RoutePattern Pattern(RouteConfig route) => RoutePatternFactory.Parse(PathOf(route));
}
