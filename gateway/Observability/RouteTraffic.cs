using System.Collections.Concurrent;
using Yarp.ReverseProxy.Configuration;

namespace FrontDoor.Gateway.Observability;

/// <summary>What one route has answered since the gateway started; its endpoint carries it. The dashboard's own count, which nobody need scrape.</summary>
internal sealed class RouteTraffic(string route, string cluster)
{
    private long _answered;
    private long _refused;
    private long _failed;

    public string Route => route;

    public string Cluster => cluster;

    /// <summary>All answers.</summary>
    public long Answered => Interlocked.Read(ref _answered);

    /// <summary>Those of status 4xx.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Those of status 5xx.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    public void Count(int status)
    {
        Interlocked.Increment(ref _answered);
        if (status >= 500) Interlocked.Increment(ref _failed);
        else if (status >= 400) Interlocked.Increment(ref _refused);
    }
}

/// <summary>The counts of all routes. They outlive a reload.</summary>
internal sealed class Traffic
{
    private readonly ConcurrentDictionary<string, RouteTraffic> _routes = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>What no route has matched: static files, refusals at the edge.</summary>
    public RouteTraffic Unrouted { get; } = new("-", "-");

    public RouteTraffic? Of(string route) => _routes.GetValueOrDefault(route);

    public IEnumerable<RouteTraffic> All => _routes.Values.Append(Unrouted);

    public RouteTraffic Of(RouteConfig route) => _routes.AddOrUpdate(
        route.RouteId, _ => new RouteTraffic(route.RouteId, route.ClusterId ?? "-"),
        (_, known) => known.Cluster == route.ClusterId ? known : new RouteTraffic(route.RouteId, route.ClusterId ?? "-"));
}
