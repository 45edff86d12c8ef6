using FrontDoor.Gateway.Configuration;
using FrontDoor.Gateway.CrossOrigin;
using FrontDoor.Gateway.RateLimiting;

namespace FrontDoor.Gateway.StaticFiles;

/// <summary>What sites say of other sections.</summary>
internal static class SiteCheck
{
    public static void Check(GatewayConfig config, ICollection<string> faults)
    {
        foreach (var (name, site) in config.StaticSites)
        {
            var path = $"{StaticSitesOptions.Section}:{name}";
            foreach (var limit in LimitName.Of(site.RateLimiterPolicy).Where(l => !config.RateLimits.ContainsKey(l)))
                faults.Add($"{path}:RateLimiterPolicy is {limit}, which RateLimits does not have{NearName.Hint(limit, config.RateLimits.Keys)}");
            if (CorsName.Of(site.CorsPolicy) is { } cors && !config.Cors.ContainsKey(cors))
                faults.Add($"{path}:CorsPolicy is {cors}, which Cors does not have{NearName.Hint(cors, config.Cors.Keys)}");
            foreach (var host in site.Hosts.Where(h => !AllowedHost.LetsIn(config, h)))
                faults.Add($"{path}:Hosts has {host}, which AllowedHosts does not let in; no request reaches the site by it");
            if (site.Policy is not null) continue;
            // An open site answers ahead of both; whoever wants to limit it does so by address in front, and its Headers may allow other origins.
            if (LimitName.Of(site.RateLimiterPolicy).Count > 0) faults.Add($"{path}:RateLimiterPolicy is for a site with a Policy");
            if (CorsName.Of(site.CorsPolicy) is not null) faults.Add($"{path}:CorsPolicy is for a site with a Policy; an open one may say Access-Control-Allow-Origin in its Headers");
        }

        foreach (var site in config.Credentials.Sites.Keys)
        {
            if (!config.StaticSites.TryGetValue(site, out var found)) faults.Add($"Credentials:Sites:{site} is for a site that StaticSites does not have{NearName.Hint(site, config.StaticSites.Keys)}");
            else if (found.Policy is null) faults.Add($"Credentials:Sites:{site} is for a site that takes no token; it has no Policy");
        }
    }
}
