using FrontDoor.Gateway.Authorization;
using FrontDoor.Gateway.Configuration;
using FrontDoor.Gateway.CrossOrigin;
using FrontDoor.Gateway.RateLimiting;

namespace FrontDoor.Gateway.StaticFiles;

/// <summary>All sites of one configuration, and which of them a request belongs to. Made anew when the configuration changes.</summary>
internal sealed class StaticSites : IDisposable
{
    private readonly Site[] _sites;
    private readonly SitePlaces _places;
    private readonly SettingsText _text;

    public StaticSites(GatewayConfig config, string contentRoot, TimeProvider time, ILogger<StaticSites> logger)
    {
        _text = config.Text;
        _sites =
        [
            .. config.StaticSites
                .Select(o => new Site(o.Key, o.Value, FolderOf(o.Value, contentRoot), MetadataOf(o.Key, o.Value, config), time, logger))
                .OrderByDescending(site => site.Prefix.Length),
        ];
        _places = new SitePlaces(_sites.Where(site => !site.Options.Internal));
    }

    public IReadOnlyList<Site> All => _sites;

    /// <summary>Whether another configuration would make the very same sites; their policies and issuers are part of them.</summary>
    public bool IsMadeFrom(GatewayConfig config) =>
        _text.SameAs(config.Text, StaticSitesOptions.Section) && (_sites.All(s => s.GuardedEndpoint is null) || _text.SameAs(config.Text));

    /// <summary>The full path of a site's root.</summary>
    public static string FolderOf(StaticSiteOptions site, string contentRoot) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(site.Root ?? "", contentRoot));

    /// <summary>The site that a client's request belongs to; null for none. Internal ones are not there for clients.</summary>
    /// <param name="request">The request.</param>
    /// <param name="path">Its path below the site's prefix.</param>
    public Site? For(HttpRequest request, out string path) => _places.Find(request, out path);

    /// <summary>The internal site that a back end's word leads to; null for none.</summary>
    /// <param name="target">Decoded path.</param>
    /// <param name="path">The path below the site's prefix.</param>
    public Site? Internal(PathString target, out string path)
    {
        foreach (var site in _sites)
        {
            if (site.Options.Internal && site.Owns(target, out path)) return site;
        }

        path = "";
        return null;
    }

    // What limits, CORS, authentication and authorization go by, as on a route; the configuration tells whose tokens count.
    private static object[]? MetadataOf(string name, StaticSiteOptions site, GatewayConfig config) => site.Policy is { } policy
        ? [.. new object?[]
            {
                config, ConfiguredPolicy.Of(policy, config), RateLimitingSetup.LimitsOf($"site {name}", site.RateLimiterPolicy, config),
                CrossOriginSetup.RuleOf(site.CorsPolicy, config), config.Credentials.ForSite(name),
            }.OfType<object>()]
        : null;

    public void Dispose()
    {
        foreach (var site in _sites) site.Dispose();
    }
}
