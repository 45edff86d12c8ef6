using System.Globalization;
using System.Net.Http.Headers;
using FrontDoor.Gateway.Edge;
using Microsoft.Extensions.Options;

namespace FrontDoor.Gateway.StaticFiles;

/// <summary>Finds what cannot be meant in section <c>StaticSites</c>.</summary>
internal static class StaticSitesValidator
{
    /// <param name="sites">The section.</param>
    /// <param name="contentRoot">What relative roots are relative to.</param>
    /// <param name="policies">Names in section <c>Policies</c>.</param>
    /// <param name="faults">Where faults go, each with its path.</param>
    public static void AddFaults(StaticSitesOptions sites, string contentRoot, IReadOnlyCollection<string> policies, ValidateOptionsResultBuilder faults)
    {
        foreach (var (name, site) in sites)
        {
            var at = $"{StaticSitesOptions.Section}:{name}";
            AddFaultsOfPlace(site, at, faults);
            AddFaultsOfAccess(site, at, policies, faults);
            AddFaultsOfFiles(site, at, StaticSites.FolderOf(site, contentRoot), faults);
            HeaderFaults.Add(site, at, faults);
            AddFaultsOfBounds(site, at, faults);
        }

        AddFaultsBetween(sites, contentRoot, faults);
    }

    private static void AddFaultsOfPlace(StaticSiteOptions site, string at, ValidateOptionsResultBuilder faults)
    {
        var prefix = site.PathPrefix;
        if (RequestTarget.Refusal(prefix) is not null || prefix.ContainsAny('%', '?') || (prefix.Length > 1 && prefix.EndsWith('/')))
            faults.AddError($"{at}:PathPrefix is '{prefix}'; it starts with / and ends without one, and is written without escapes");
        foreach (var host in site.Hosts.Where(h => Uri.CheckHostName(h.StartsWith("*.", StringComparison.Ordinal) ? h[2..] : h) == UriHostNameType.Unknown))
            faults.AddError($"{at}:Hosts has '{host}'; a host is a name without scheme and port, or *. and a name");
        foreach (var never in site.EffectiveNeverFallBack.Where(p => !p.StartsWith('/')))
            faults.AddError($"{at}:NeverFallBack has '{never}'; a path prefix starts with /");
        if (TryList.Fault(site.EffectiveTry) is { } fault) faults.AddError($"{at}:Try {fault}");
    }

    private static void AddFaultsOfAccess(StaticSiteOptions site, string at, IReadOnlyCollection<string> policies, ValidateOptionsResultBuilder faults)
    {
        if (site.Policy is { } policy)
        {
            if (!policy.Equals("Default", StringComparison.OrdinalIgnoreCase) && !policies.Contains(policy, StringComparer.OrdinalIgnoreCase))
                faults.AddError($"{at}:Policy is '{policy}', which section Policies does not have");
            if (site.Internal) faults.AddError($"{at}:Policy is for clients, and no client reaches an internal site");
            if (site.PathPrefix == "/" && site.Hosts.Count == 0)
                faults.AddError($"{at}:Policy needs a PathPrefix or Hosts; a site with a policy owns its place, and here no route would be left");
        }

        if (site.Internal && site.Hosts.Count > 0) faults.AddError($"{at}:Hosts is for clients, and no client reaches an internal site");
        if (!site.IsClosed) return;
        foreach (var (path, value) in site.Rules.Select((r, i) => ($"{at}:Rules:{i}:CacheControl", r.CacheControl)).Prepend(($"{at}:CacheControl", site.CacheControl)))
        {
            if (value is not null && CacheControlHeaderValue.TryParse(value, out var cache) && !cache.Private && !cache.NoStore)
                faults.AddError($"{path} is '{value}'; files that not everybody may have need private or no-store");
        }
    }

    private static void AddFaultsOfFiles(StaticSiteOptions site, string at, string folder, ValidateOptionsResultBuilder faults)
    {
        if (string.IsNullOrEmpty(site.Root))
        {
            faults.AddError($"{at}:Root is missing; it names the folder of the files");
            return;
        }

        if (!Directory.Exists(folder))
        {
            faults.AddError($"{at}:Root names a folder that does not exist: {folder}");
            return;
        }

        foreach (var index in site.EffectiveIndexFiles.Where(i => i.Length == 0 || i.Contains('/')))
            faults.AddError($"{at}:IndexFiles has '{index}'; it is the name of a file");
        if (site.SinglePageFallback is { } page && NamedFile.Fault(page, folder, site) is { } pageFault) faults.AddError($"{at}:SinglePageFallback {pageFault}");
        if (TryList.Fault(site.EffectiveTry) is null && TryList.Of(site.EffectiveTry).FallbackFile is { } fallback && NamedFile.Fault(fallback, folder, site) is { } tryFault)
            faults.AddError($"{at}:Try {tryFault}");
        foreach (var (status, file) in site.ErrorPages)
        {
            if (!int.TryParse(status, NumberStyles.None, CultureInfo.InvariantCulture, out var code) || code is < 400 or > 599)
                faults.AddError($"{at}:ErrorPages has '{status}'; it is a status from 400 to 599");
            if (NamedFile.Fault(file, folder, site) is { } fileFault) faults.AddError($"{at}:ErrorPages:{status} {fileFault}");
        }
    }

    private static void AddFaultsOfBounds(StaticSiteOptions site, string at, ValidateOptionsResultBuilder faults)
    {
        if (site.MaxRanges is < 0 or > 1000) faults.AddError($"{at}:MaxRanges is {site.MaxRanges}; it must be from 0 to 1000");
        if (site.Cache.MaxBytes < 0) faults.AddError($"{at}:Cache:MaxBytes is {site.Cache.MaxBytes}; it must be at least 0");
        if (site.Cache.MaxFileBytes is < 0 or > 64 * 1024 * 1024) faults.AddError($"{at}:Cache:MaxFileBytes is {site.Cache.MaxFileBytes}; it must be from 0 to 64 MiB");
        if (site.Cache.CheckEvery < TimeSpan.Zero || site.Cache.CheckEvery > TimeSpan.FromMinutes(1))
            faults.AddError($"{at}:Cache:CheckEvery is {site.Cache.CheckEvery}; it must be from 0 to 1 minute");
    }

    private static void AddFaultsBetween(StaticSitesOptions sites, string contentRoot, ValidateOptionsResultBuilder faults)
    {
        var all = sites.Select(s => (Name: s.Key, Site: s.Value, Folder: RealPath.Of(StaticSites.FolderOf(s.Value, contentRoot)))).ToArray();
        foreach (var (name, site, folder) in all)
        {
            foreach (var (otherName, other, otherFolder) in all.Where(o => o.Name != name))
            {
                if (!site.IsClosed && other.IsClosed && (otherFolder + Path.DirectorySeparatorChar).StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.OrdinalIgnoreCase))
                    faults.AddError($"{StaticSitesOptions.Section}:{name}:Root is open to all and contains the root of {otherName}, which is not");
                if (string.CompareOrdinal(name, otherName) < 0 && site.Internal == other.Internal && SamePlace(site, other))
                    faults.AddError($"{StaticSitesOptions.Section}:{otherName} has the place of {name}: same PathPrefix, {(site.Internal ? "and both are internal" : "same host")}");
            }
        }
    }

    private static bool SamePlace(StaticSiteOptions one, StaticSiteOptions other) =>
        one.PathPrefix.Equals(other.PathPrefix, StringComparison.OrdinalIgnoreCase)
        && (one.Internal || (one.Hosts.Count == 0 && other.Hosts.Count == 0) || one.Hosts.Intersect(other.Hosts, StringComparer.OrdinalIgnoreCase).Any());
}
