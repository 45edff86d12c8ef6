using System.Diagnostics.Metrics;
using FrontDoor.Gateway.Authentication;
using FrontDoor.Gateway.Configuration;
using FrontDoor.Gateway.Forwarding;
using FrontDoor.Gateway.Resilience;
using FrontDoor.Gateway.StaticFiles;
using FrontDoor.Gateway.Streams;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Model;

namespace FrontDoor.Gateway.Observability;

/// <summary>What the gateway holds, read when somebody asks for it; no request pays for these.</summary>
internal sealed class GatewayGauges(
    IMeterFactory meters, CurrentConfig current, ConfigReload reload, Derived<TokenCache> tokens, TrustedIssuers issuers, ConfiguredSites sites, LiveStreams streams,
    IProxyStateLookup proxy, Circuits circuits, SlowStarts starts) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var meter = meters.Create(GatewayMeter.Name);
        meter.CreateObservableGauge("gateway.config.generation", () => current.Value.Generation, description: "Configurations taken since the start, the first included");
        meter.CreateObservableGauge("gateway.config.faults", () => reload.Faults.Count, "{fault}", "Faults of the configuration on disk, which is therefore not in force");
        meter.CreateObservableGauge("gateway.token_cache.entries", () => tokens.Now.Count, "{token}", "Validated tokens that are remembered");
        meter.CreateObservableGauge("gateway.streams.live", () => streams.Count, "{stream}", "Answers under way that end with their token");
        AddIssuers(meter);
        AddDestinations(meter);
        AddStarts(meter);
        AddFiles(meter);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void AddIssuers(Meter meter)
    {
        meter.CreateObservableGauge("gateway.issuer.keys", () => OfIssuers(i => (long)i.Keys.All.Count()), "{key}", "Keys that verify (issuer); 0: nobody is let in");
        meter.CreateObservableCounter("gateway.issuer.key_fetches", () => OfIssuers(i => i.Keys.Fetches.All), "{fetch}", "Times that keys were asked for (issuer)");
        meter.CreateObservableCounter("gateway.issuer.key_fetch_failures", () => OfIssuers(i => i.Keys.Fetches.Failed), "{fetch}", "Those that failed (issuer)");
        meter.CreateObservableGauge("gateway.revocations.entries", () => OfFollowed(i => (double)i.Revocations.Entries.Count), "{entry}", "Revocations in memory (issuer)");
        meter.CreateObservableGauge("gateway.revocations.age", () => OfFollowed(i => i.Revocations.SinceHeard?.TotalSeconds ?? double.PositiveInfinity), "s",
            "Since the feed was heard (issuer); infinite before the first time");
    }

    private void AddDestinations(Meter meter)
    {
        meter.CreateObservableGauge("gateway.destination.healthy", () => OfDestinations((_, d) => IsHealthy(d) ? 1L : 0), description: "1 where health checks let requests pass (cluster, destination)");
        meter.CreateObservableGauge("gateway.destination.active", () => OfDestinations((_, d) => (long)d.ConcurrentRequestCount), "{request}", "Requests under way (cluster, destination)");
        meter.CreateObservableGauge("gateway.destination.circuit_open", () => OfDestinations((c, d) => circuits.IsOpen(c, d.Model.Config.Address) == true ? 1L : 0),
            description: "1 while the circuit breaker keeps requests away (cluster, destination)");
    }

    private void AddStarts(Meter meter) => meter.CreateObservableGauge(
        "gateway.destination.share",
        () => from cluster in Clusters
              from destination in cluster.State.Destinations.Values
              select new Measurement<double>(starts.ShareOf(destination), new("cluster", cluster.Id), new("destination", destination.DestinationId)),
        description: "The part of its share that a destination gets: 1, or less while it starts slowly (cluster, destination)");

    private void AddFiles(Meter meter)
    {
        meter.CreateObservableCounter("gateway.files.cache.hits", () => OfSites(c => c.TotalHits), "{file}", "Files found in memory (site)");
        meter.CreateObservableCounter("gateway.files.cache.misses", () => OfSites(c => c.TotalMisses), "{file}", "Looks that found nothing in memory (site)");
        meter.CreateObservableGauge("gateway.files.cache.entries", () => OfSites(c => c.CurrentEntryCount), "{file}", "Files in memory (site)");
        meter.CreateObservableGauge("gateway.files.cache.size", () => OfSites(c => c.CurrentEstimatedSize ?? 0), "By", "Their bytes (site)");
    }

    public static bool IsHealthy(DestinationState destination) => destination.Health is { Active: not DestinationHealth.Unhealthy, Passive: not DestinationHealth.Unhealthy };

    private IEnumerable<Measurement<T>> OfIssuers<T>(Func<TrustedIssuer, T> value)
        where T : struct => issuers.All.Select(i => new Measurement<T>(value(i), new KeyValuePair<string, object?>("issuer", i.Options.Issuer)));

    private IEnumerable<Measurement<T>> OfFollowed<T>(Func<TrustedIssuer, T> value)
        where T : struct =>
        issuers.All.Where(i => i.Options.Revocations is not null).Select(i => new Measurement<T>(value(i), new KeyValuePair<string, object?>("issuer", i.Options.Issuer)));

    private IEnumerable<Measurement<long>> OfDestinations(Func<string, DestinationState, long> value) =>
        from cluster in Clusters
        from destination in cluster.State.Destinations.Values
        select new Measurement<long>(value(cluster.Id, destination), new("cluster", cluster.Id), new("destination", destination.DestinationId));

    private IEnumerable<(string Id, ClusterState State)> Clusters => proxy.GetClusters().Select(c => (Id: ProxyConfigProvider.IdOf(c.Model.Config.Metadata), State: c)).DistinctBy(c => c.Id);

    private IEnumerable<Measurement<long>> OfSites(Func<Microsoft.Extensions.Caching.Memory.MemoryCacheStatistics, long> value) =>
        sites.Now.All.Select(s => new Measurement<long>(value(s.CacheStatistics), new KeyValuePair<string, object?>("site", s.Name)));
}
