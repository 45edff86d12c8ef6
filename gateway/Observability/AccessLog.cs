using System.Diagnostics;
using System.Globalization;
using System.Net;
using FrontDoor.Gateway.IdentityPropagation;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Model;

namespace FrontDoor.Gateway.Observability;

/// <summary>One line per request: what was asked, what was answered, from where, for whom, by which route, and why it was refused. Never a query or a token.</summary>
internal sealed partial class AccessLog(RequestDelegate next, ILogger<AccessLog> logger)
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
            if (logger.IsEnabled(LogLevel.Information)) Write(context, Stopwatch.GetElapsedTime(start));
        }
    }

    private void Write(HttpContext context, TimeSpan elapsed)
    {
        var proxy = context.Features.Get<IReverseProxyFeature>();
        var milliseconds = elapsed.TotalMilliseconds.ToString("F1", CultureInfo.InvariantCulture);
        Log.Request(
            logger,
            context.Request.Method,
            PathOf(context.Features.Get<IHttpRequestFeature>()!.RawTarget),
            context.Response.StatusCode,
            milliseconds,
            AddressOf(context.Connection.RemoteIpAddress),
            context.TraceIdentifier,
            // Whoever may choose his own name may not forge a line with it.
            context.User.FindFirst("sub") is { } subject ? HeaderEncoding.Encode(subject.Value) : "-",
            // Of the endpoint, not of YARP's feature: a request that was refused has a route too.
            context.GetEndpoint()?.Metadata.GetMetadata<RouteModel>()?.Config.RouteId ?? "-",
            proxy?.ProxiedDestination?.DestinationId ?? "-",
            context.Items.TryGetValue(ReasonKey, out var reason) ? (string)reason! : "-");
    }

    private static string AddressOf(IPAddress? address) => address is null ? "-" : (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();

    private static string PathOf(string rawTarget)
    {
        var query = rawTarget.IndexOf('?');
        return query < 0 ? rawTarget : rawTarget[..query];
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Method} {Path} {Status} {Milliseconds} ms client={Client} request={Request} user={User} route={Route} destination={Destination} reason={Reason}")]
        public static partial void Request(
            ILogger logger, string method, string path, int status, string milliseconds, string client, string request, string user, string route, string destination, string reason);
    }
}
