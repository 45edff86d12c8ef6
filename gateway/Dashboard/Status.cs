using System.Text.Json.Serialization;

namespace FrontDoor.Gateway.Dashboard;

/// <summary>What <c>/api/status</c> answers: the gateway as it is this moment. No token, key material or secret setting.</summary>
internal sealed record Status(
    GatewayStatus Gateway, TrafficStatus Traffic, IReadOnlyList<CheckStatus> Checks, IReadOnlyList<RouteStatus> Routes, IReadOnlyList<ClusterStatus> Clusters,
    IReadOnlyList<IssuerStatus> Issuers, TokenStatus Tokens, IReadOnlyList<SiteStatus> Sites);

/// <param name="State">Healthy, Degraded, Unhealthy (also while it goes out of service).</param>
/// <param name="Generation">Counts the configurations that were taken.</param>
/// <param name="Faults">Why the newest configuration is not in force; empty when it is.</param>
internal sealed record GatewayStatus(string Version, DateTimeOffset Started, DateTimeOffset Now, string State, int Generation, IReadOnlyList<string> Faults);

/// <param name="Seconds">Length of one sample.</param>
/// <param name="Answered">In each sample, oldest first.</param>
/// <param name="Failed">Of those, with status 5xx.</param>
internal sealed record TrafficStatus(
    double Seconds, IReadOnlyList<long> Answered, IReadOnlyList<long> Failed, long AnsweredInAll, long RefusedInAll, long FailedInAll, long UnroutedInAll, int UnderWay, int Streams);

internal sealed record CheckStatus(string Name, string State, string? Description);

internal sealed record RouteStatus(
    string Id, string Hosts, string Path, string Methods, string Policy, bool DryRun, IReadOnlyList<string> Limits, string? Cors, string? Cache, string? Compression, string Cluster, long Answered, long Refused,
    long Failed);

internal sealed record ClusterStatus(string Id, string Balancing, string Timeouts, string Retries, IReadOnlyList<DestinationStatus> Destinations);

/// <param name="Health">Healthy, Unhealthy, Unknown (nobody checks).</param>
/// <param name="SlowStart">The part of its share that it gets; null where it gets all.</param>
/// <param name="Circuit">Open, Closed; null without a breaker.</param>
internal sealed record DestinationStatus(string Id, string Address, string Health, string? Circuit, double? SlowStart, int UnderWay);

/// <param name="Revocations">Null where it has no feed.</param>
internal sealed record IssuerStatus(
    string Name, bool Available, string? LastFault, long Fetches, long FailedFetches, IReadOnlyList<KeyStatus> Keys, RevocationStatus? Revocations);

/// <param name="Since">When this gateway first saw it; null for one from a file or from before a restart.</param>
internal sealed record KeyStatus(string Kid, string Algorithm, DateTimeOffset? Since);

/// <param name="SecondsSinceHeard">Null before the first time.</param>
internal sealed record RevocationStatus(int Entries, double? SecondsSinceHeard, bool Fresh);

internal sealed record TokenStatus(int Remembered, long Hits, long Misses, long Refused);

internal sealed record SiteStatus(string Name, string Prefix, long Files, long Bytes, long Hits, long Misses);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Status))]
internal sealed partial class StatusJson : JsonSerializerContext;
