using FrontDoor.Gateway.Authentication;
using FrontDoor.Gateway.Authorization;
using FrontDoor.Gateway.Caching;
using FrontDoor.Gateway.Commands;
using FrontDoor.Gateway.Compression;
using FrontDoor.Gateway.CrossOrigin;
using FrontDoor.Gateway.Edge;
using FrontDoor.Gateway.Forwarding;
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
using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.Configuration;

namespace FrontDoor.Gateway.Configuration;

/// <summary>Reads and validates everything. The same at the start, at a reload and for <c>gateway check</c>; needs no network.</summary>
internal sealed class ConfigReader(ConfigSources sources, IServiceProvider services)
{
    /// <returns>The configuration, or every fault, each with its path.</returns>
    public (GatewayConfig? Config, IReadOnlyList<string> Faults) Read()
    {
        try
        {
            return Read(sources.Read());
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            return (null, [.. StartupFault.Lines(e)]);
        }
    }

    /// <inheritdoc cref="Read()"/>
    public (GatewayConfig? Config, IReadOnlyList<string> Faults) Read(SettingsText text)
    {
        var faults = new List<string>();
        var settings = SettingsNode.Tree(text.Values);
        var sections = new SectionReader(settings, services, faults);
        Listeners.Check(settings, faults);
        Http3.Check(settings, faults);

        // To add a section: a property of GatewayConfig and a line here.
        var management = sections.Read<ManagementOptions>(ManagementOptions.Section);
        var edge = sections.Read<EdgeOptions>(EdgeOptions.Section);
        var tls = sections.Read<TlsOptions>(TlsOptions.Section);
        var staticSites = sections.Read<StaticSitesOptions>(StaticSitesOptions.Section);
        var issuers = sections.Read<IssuersOptions>(IssuerOptions.Section);
        var credentials = sections.Read<CredentialsOptions>(CredentialsOptions.Section);
        var tokenCache = sections.Read<TokenCacheOptions>(TokenCacheOptions.Section);
        var policies = sections.Read<PoliciesOptions>(PolicyOptions.Section);
        var rateLimits = sections.Read<RateLimitsOptions>(RateLimitOptions.Section);
        var cors = sections.Read<CorsPoliciesOptions>(CorsOptions.Section);
        var caching = sections.Read<CachingPoliciesOptions>(CachingOptions.Section);
        var compression = sections.Read<CompressionOptions>(CompressionOptions.Section);
        var redis = sections.Read<RedisOptions>(RedisOptions.Section);
        var identity = sections.Read<IdentityOptions>(IdentityOptions.Section);
        var internalTokens = sections.Read<InternalTokensOptions>(InternalTokensOptions.Section);
        var resilience = sections.Read<ResilienceOptions>(ResilienceOptions.Section);
        var upstream = sections.Read<UpstreamOptions>(UpstreamOptions.Section);
        var streams = sections.Read<StreamsOptions>(StreamsOptions.Section);
        var telemetry = sections.Read<TelemetryOptions>(TelemetryOptions.Section);
        var proxy = sections.Check<ProxySection>(ProxySection.Section) ? ProxySection.Read(settings, faults) : null;
        sections.RefuseNearMisses();
        CheckSites(staticSites, policies, faults);

        var config = new GatewayConfig
        {
            Management = management,
            Edge = edge,
            Tls = tls,
            StaticSites = staticSites,
            Issuers = issuers,
            Credentials = credentials,
            TokenCache = tokenCache,
            Policies = policies,
            RateLimits = rateLimits,
            Cors = cors,
            Caching = caching,
            Compression = compression,
            Redis = redis,
            Identity = identity,
            InternalTokens = internalTokens,
            Resilience = resilience,
            Upstream = upstream,
            UpstreamFiles = UpstreamFiles.DigestsOf(upstream),
            Streams = streams,
            Telemetry = telemetry,
            Routes = proxy?.Routes ?? new Dictionary<string, RouteConfig>(),
            Clusters = proxy?.Clusters ?? new Dictionary<string, ClusterConfig>(),
            Text = text,
        };
        SiteCheck.Check(config, faults);
        if (proxy is not null) RouteCheck.Check(config, faults); // or every name would be unknown
        return faults.Count == 0 ? (config, faults) : (null, faults);
    }

    private void CheckSites(StaticSitesOptions sites, PoliciesOptions policies, List<string> faults)
    {
        var found = new ValidateOptionsResultBuilder();
        StaticSitesValidator.AddFaults(sites, services.GetRequiredService<IHostEnvironment>().ContentRootPath, policies.Keys, found);
        faults.AddRange(found.Build().Failures ?? []);
    }
}
