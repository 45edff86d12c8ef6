using FrontDoor.Gateway.Authentication;
using FrontDoor.Gateway.Authorization;
using FrontDoor.Gateway.Caching;
using FrontDoor.Gateway.Compression;
using FrontDoor.Gateway.CrossOrigin;
using FrontDoor.Gateway.Edge;
using FrontDoor.Gateway.IdentityPropagation;
using FrontDoor.Gateway.InternalTokens;
using FrontDoor.Gateway.Management;
using FrontDoor.Gateway.Observability;
using FrontDoor.Gateway.RateLimiting;
using FrontDoor.Gateway.Resilience;
using FrontDoor.Gateway.StaticFiles;
using FrontDoor.Gateway.Streams;
using FrontDoor.Gateway.Tls;
using FrontDoor.Gateway.Upstream;
using Yarp.ReverseProxy.Configuration;

namespace FrontDoor.Gateway.Configuration;

/// <summary>
/// All sections as they were at one moment, read and validated together. Immutable: whoever holds one sees one configuration, never parts
/// of two. Each endpoint carries the one it was made from, see <see cref="CurrentConfig.For"/>.
/// </summary>
internal sealed record GatewayConfig
{
    /// <summary>Counts up from 1 with each configuration that is taken.</summary>
    public int Generation { get; init; }

    public required ManagementOptions Management { get; init; }

    public required EdgeOptions Edge { get; init; }

    public required TlsOptions Tls { get; init; }

    public required StaticSitesOptions StaticSites { get; init; }

    public required IssuersOptions Issuers { get; init; }

    public required CredentialsOptions Credentials { get; init; }

    public required TokenCacheOptions TokenCache { get; init; }

    public required PoliciesOptions Policies { get; init; }

    public required RateLimitsOptions RateLimits { get; init; }

    public required CorsPoliciesOptions Cors { get; init; }

    public required CachingPoliciesOptions Caching { get; init; }

    public required CompressionOptions Compression { get; init; }

    public required RedisOptions Redis { get; init; }

    public required IdentityOptions Identity { get; init; }

    public required InternalTokensOptions InternalTokens { get; init; }

    public required ResilienceOptions Resilience { get; init; }

    public required UpstreamOptions Upstream { get; init; }

    /// <summary>See <see cref="Upstream.UpstreamFiles"/>.</summary>
    public required IReadOnlyDictionary<string, string> UpstreamFiles { get; init; }

    public required StreamsOptions Streams { get; init; }

    public required TelemetryOptions Telemetry { get; init; }

    /// <summary>By id, as they are written.</summary>
    public required IReadOnlyDictionary<string, RouteConfig> Routes { get; init; }

    /// <summary>By id, as they are written.</summary>
    public required IReadOnlyDictionary<string, ClusterConfig> Clusters { get; init; }

    /// <summary>What all of it was read from.</summary>
    public required SettingsText Text { get; init; }
}
