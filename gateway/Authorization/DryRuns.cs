using System.Diagnostics.Metrics;
using FrontDoor.Gateway.Observability;
using Yarp.ReverseProxy.Model;

namespace FrontDoor.Gateway.Authorization;

/// <summary>Says what a policy on trial would have refused.</summary>
internal sealed partial class DryRuns(IMeterFactory meters, ILogger<DryRuns> logger)
{
    private readonly Counter<long> _refusals = meters.Create(GatewayMeter.Name).CreateCounter<long>(
        "gateway.policy.dry_run", description: "Requests that a policy with DryRun would have refused (policy, route)");

    public void Report(HttpContext context, string policy, IReadOnlyList<Lack> missing)
    {
        var route = context.GetEndpoint()?.Metadata.GetMetadata<RouteModel>()?.Config.RouteId ?? "-";
        _refusals.Add(1, new("policy", policy), new("route", route));
        if (logger.IsEnabled(LogLevel.Warning))
            Log.WouldRefuse(logger, policy, context.Request.Method, route, string.Join("; ", missing.Select(m => $"{m.Kind} {string.Join(" or ", m.OneOf)}")));
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Dry run: policy {Policy} would refuse {Method} on route {Route}, which lacks {Missing}")]
        public static partial void WouldRefuse(ILogger logger, string policy, string method, string route, string missing);
    }
}
