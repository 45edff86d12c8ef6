using System.Diagnostics;
using Microsoft.AspNetCore.Http.Features;

namespace FrontDoor.Gateway.Observability;

/// <summary>
/// Gives a request's span what the gateway knows of it, by OpenTelemetry's names for HTTP. No query, no token, nobody's name. Costs nothing where nobody traces.
/// </summary>
internal static class RequestSpan
{
    public static void Describe(HttpContext context, RouteTraffic route)
    {
        if (Activity.Current is null) return;
        if (context.Features.Get<IHttpActivityFeature>()?.Activity is not { IsAllDataRequested: true } span || !span.Source.HasListeners()) return;
        var status = context.Response.StatusCode;
        var pattern = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;
        span.DisplayName = pattern is null ? Method(context.Request.Method) : $"{Method(context.Request.Method)} {pattern}";
        span.SetTag("http.request.method", Method(context.Request.Method));
        span.SetTag("http.response.status_code", status);
        span.SetTag("http.route", pattern);
        span.SetTag("url.path", AccessLog.PathOf(context));
        span.SetTag("gateway.route", route.Route);
        span.SetTag("gateway.cluster", route.Cluster);
        span.SetTag("gateway.request_id", context.TraceIdentifier);
        span.SetTag("gateway.reason", AccessLog.ReasonOf(context));
        if (status >= 500) span.SetStatus(ActivityStatusCode.Error);
    }

    // A client may send any word for a method, and names of spans must be few.
    private static string Method(string method) =>
        method is "GET" or "HEAD" or "POST" or "PUT" or "PATCH" or "DELETE" or "OPTIONS" ? method : "_OTHER";
}
