using System.Globalization;
using FrontDoor.Gateway.Authentication;
using FrontDoor.Gateway.Authorization;
using FrontDoor.Gateway.Configuration;
using FrontDoor.Gateway.Forwarding;
using FrontDoor.Gateway.Observability;
using FrontDoor.Gateway.RateLimiting;
using FrontDoor.Gateway.Resilience;
using FrontDoor.Gateway.StaticFiles;
using FrontDoor.Gateway.Streams;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Model;

namespace FrontDoor.Gateway.Dashboard;

/// <summary>Gathers <see cref="Status"/> from those who know.</summary>
internal sealed class StatusReport(
    CurrentConfig current, ConfigReload reload, HealthCheckService checks, Traffic traffic, TrafficHistory history, LiveStreams streams, IProxyStateLookup proxy, Circuits circuits, SlowStarts starts,
    TrustedIssuers issuers, Derived<TokenCache> tokens, GatewayMeter meter, ConfiguredSites sites, TimeProvider time)
{
    private readonly DateTimeOffset _started = time.GetUtcNow();

    public async Task<Status> MakeAsync(CancellationToken cancellationToken)
    {
        var config = current.Value;
        var health = await checks.CheckHealthAsync(cancellationToken);
        return new Status(
            new GatewayStatus(
                typeof(StatusReport).Assembly.GetName().Version?.ToString(3) ?? "", _started, time.GetUtcNow(), health.Status.ToString(), config.Generation, reload.Faults),
            TrafficNow(),
            [.. health.Entries.OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => new CheckStatus(e.Key, e.Value.Status.ToString(), e.Value.Description))],
            [.. config.Routes.Values.OrderBy(r => r.RouteId, StringComparer.OrdinalIgnoreCase).Select(r => Route(r, config))],
            [.. config.Clusters.Values.OrderBy(c => c.ClusterId, StringComparer.OrdinalIgnoreCase).Select(c => Cluster(c, config))],
            [.. issuers.All.OrderBy(i => i.Options.Issuer, StringComparer.Ordinal).Select(Issuer)],
            new TokenStatus(tokens.Now.Count, meter.Remembered, meter.Validated, meter.TokensRefused),
            [.. sites.Now.All.Select(s => s.CacheStatistics is var cache ? new SiteStatus(s.Name, s.Prefix + "/", cache.CurrentEntryCount, cache.CurrentEstimatedSize ?? 0, cache.TotalHits, cache.TotalMisses) : null!)]);
    }

    private TrafficStatus TrafficNow()
    {
        var (samples, all) = (history.Samples, traffic.All.ToArray());
        return new TrafficStatus(
            TrafficHistory.Interval.TotalSeconds, [.. samples.Select(s => s.Answered)], [.. samples.Select(s => s.Failed)], all.Sum(r => r.Answered), all.Sum(r => r.Refused), all.Sum(r => r.Failed),
            traffic.Unrouted.Answered, proxy.GetClusters().Sum(c => c.Destinations.Values.Sum(d => d.ConcurrentRequestCount)), streams.Count);
    }

    private RouteStatus Route(RouteConfig route, GatewayConfig config)
    {
        var counts = traffic.Of(route.RouteId);
        var policy = PolicyName.Of(route);
        return new RouteStatus(
            route.RouteId,
            route.Match.Hosts is { Count: > 0 } hosts ? string.Join(", ", hosts) : "*",
            string.IsNullOrEmpty(route.Match.Path) ? "/{**catchall}" : route.Match.Path,
            route.Match.Methods is { Count: > 0 } methods ? string.Join(", ", methods) : "*",
            string.IsNullOrEmpty(route.AuthorizationPolicy) ? "Default" : route.AuthorizationPolicy,
            policy is not null && config.Policies.TryGetValue(policy, out var options) && options.DryRun,
            [.. LimitName.Of(route)],
            NullIfEmpty(route.CorsPolicy),
            NullIfEmpty(route.OutputCachePolicy),
            config.Compression.For(route.RouteId) is { } compression ? (compression.AcceptBreachRisk ? "also with credentials" : "without credentials") : null,
            route.ClusterId!,
            counts?.Answered ?? 0,
            counts?.Refused ?? 0,
            counts?.Failed ?? 0);
    }

    private ClusterStatus Cluster(ClusterConfig cluster, GatewayConfig config)
    {
        var resilience = config.Resilience.Of(cluster.ClusterId);
        var state = proxy.GetClusters().LastOrDefault(c => ProxyConfigProvider.IdOf(c.Model.Config.Metadata).Equals(cluster.ClusterId, StringComparison.OrdinalIgnoreCase));
        return new ClusterStatus(
            cluster.ClusterId,
            NullIfEmpty(cluster.LoadBalancingPolicy) ?? "PowerOfTwoChoices",
            string.Create(CultureInfo.InvariantCulture, $"{resilience.AttemptTimeout.TotalSeconds:0.###} s per attempt, {resilience.TotalTimeout.TotalSeconds:0.###} s in all"),
            resilience.Hedging is { } hedging ? $"{hedging.Attempts} hedges" : resilience.Retries == 1 ? "1 retry" : $"{resilience.Retries} retries",
            [.. (cluster.Destinations ?? new Dictionary<string, DestinationConfig>()).OrderBy(d => d.Key, StringComparer.OrdinalIgnoreCase)
                .Select(d => Destination(cluster.ClusterId, d.Key, d.Value.Address, state?.Destinations.GetValueOrDefault(d.Key)))]);
    }

    // The address as it is written, a Unix socket's, too; the breaker knows it as YARP does.
    private DestinationStatus Destination(string cluster, string id, string address, DestinationState? state) => new(
        id,
        address,
        state is null ? "Unknown" : !GatewayGauges.IsHealthy(state) ? "Unhealthy" : state.Health is { Active: DestinationHealth.Unknown, Passive: DestinationHealth.Unknown } ? "Unknown" : "Healthy",
        state is null ? null : circuits.IsOpen(cluster, state.Model.Config.Address) switch { true => "Open", false => "Closed", null => null },
        state is not null && starts.ShareOf(state) is var share and < 1 ? share : null,
        state?.ConcurrentRequestCount ?? 0);

    private static IssuerStatus Issuer(TrustedIssuer issuer) => new(
        issuer.Options.Issuer,
        issuer.Keys.Available,
        issuer.Keys.LastFault,
        issuer.Keys.Fetches.All,
        issuer.Keys.Fetches.Failed,
        [.. issuer.Keys.All.Select(k => new KeyStatus(k.Key.Kid ?? "", k.Key.Alg ?? "", k.Since))],
        issuer.Options.Revocations is null ? null : new RevocationStatus(issuer.Revocations.Entries.Count, issuer.Revocations.SinceHeard?.TotalSeconds, issuer.RevocationsAreFresh));

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
