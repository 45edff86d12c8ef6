using System.Diagnostics;
using System.Globalization;
using System.Net;
using FrontDoor.Gateway.Authentication;
using FrontDoor.Gateway.Edge;
using FrontDoor.Gateway.IdentityPropagation;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Model;

namespace FrontDoor.Gateway.Observability;

/// <summary>
/// One line per request: what was asked, what was answered, from where, for whom, by which route, and why it was refused. Never a query or a token. Counts it, too.
/// </summary>
internal sealed partial class AccessLog(RequestDelegate next, GatewayMeter meter, Traffic traffic, ILogger<AccessLog> logger)
{
    private static readonly object ReasonKey = new();

    /// <summary>Records a stable word that says why the gateway refused; the line carries it.</summary>
    public static void SetReason(HttpContext context, string reason) => context.Items[ReasonKey] = reason;

    public async Task InvokeAsync(HttpContext context)
    {
        var start = Stopwatch.GetTimestamp();
        try
        {
            await next(context);
        }
        finally
        {
            var elapsed = Stopwatch.GetElapsedTime(start);
            var status = context.Response.StatusCode;
            // Of the endpoint, not of YARP's feature: a request that was refused has a route too.
            var route = context.GetEndpoint()?.Metadata.GetMetadata<RouteTraffic>() ?? traffic.Unrouted;
            route.Count(status);
            meter.Answered(route.Route, route.Cluster, status, elapsed);
            RequestSpan.Describe(context, route);
            if (logger.IsEnabled(LogLevel.Information)) Write(context, route, elapsed);
        }
    }

    private void Write(HttpContext context, RouteTraffic route, TimeSpan elapsed) => Log.Request(
        logger,
        context.Request.Method,
        PathOf(context),
        context.Response.StatusCode,
        Milliseconds(elapsed),
        context.Features.Get<UpstreamTime>()?.Elapsed is { } upstream ? Milliseconds(upstream) : "-",
        AddressOf(context.Connection.RemoteIpAddress),
        context.TraceIdentifier,
        NamesOf(context).User,
        NamesOf(context).Token,
        route.Route,
        context.Features.Get<IReverseProxyFeature>()?.ProxiedDestination?.DestinationId ?? "-",
        ReasonOf(context) ?? "-");

    /// <summary>The path as it was sent, but for characters that would command a terminal or end a line: what is refused is logged, too.</summary>
    public static string PathOf(HttpContext context)
    {
        var rawTarget = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        var query = rawTarget.IndexOf('?');
        return FieldText.Safe(query < 0 ? rawTarget : rawTarget[..query]);
    }

    public static string? ReasonOf(HttpContext context) => context.Items.TryGetValue(ReasonKey, out var reason) ? (string)reason! : null;

    private static string Milliseconds(TimeSpan elapsed) => elapsed.TotalMilliseconds.ToString("F1", CultureInfo.InvariantCulture);

    private static Names NamesOf(HttpContext context) => ValidatedToken.Of(context.User)?.Claims.Made(MakeNames) ?? Names.None;

    // Kept with the token. Whoever may choose his own name may not forge a line with it.
    private static readonly Func<TokenClaims, Names> MakeNames = static claims => new(Encoded(claims.Read("sub")), Encoded(claims.Read("jti")));

    private static string Encoded(string[] values) => values is [var first, ..] ? HeaderEncoding.Encode(first) : "-";

    private sealed record Names(string User, string Token)
    {
        public static readonly Names None = new("-", "-");
    }

    private static string AddressOf(IPAddress? address) => address is null ? "-" : (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information,
            "{Method} {Path} {Status} {Milliseconds} ms upstream={Upstream} client={Client} request={Request} user={User} token={Token} route={Route} destination={Destination} reason={Reason}")]
        public static partial void Request(
            ILogger logger, string method, string path, int status, string milliseconds, string upstream, string client, string request, string user, string token, string route,
            string destination, string reason);
    }
}
