namespace FrontDoor.Gateway.StaticFiles;

/// <summary>Where sites lie, in the order in which a request looks for its own: named hosts first, then the longest prefix, then the closest host.</summary>
internal sealed class SitePlaces(IEnumerable<Site> sites)
{
    private readonly Place[] _places =
    [
        .. sites
            .SelectMany(site => site.Options.Hosts.Count == 0 ? [new Place(site, null)] : site.Options.Hosts.Select(host => new Place(site, host)))
            .OrderByDescending(place => place.Host is not null)
            .ThenByDescending(place => place.Site.Prefix.Length)
            .ThenBy(place => place.IsWildcard)
            .ThenByDescending(place => place.Host?.Length ?? 0),
    ];

    /// <param name="Site">The site.</param>
    /// <param name="Host">One of its hosts; null for every host.</param>
    private sealed record Place(Site Site, string? Host)
    {
        private readonly string? _ending = Host?.StartsWith("*.", StringComparison.Ordinal) == true ? Host[1..] : null;

        public bool IsWildcard => _ending is not null;

        public bool Has(string host) => Host is null || (_ending is null ? host.Equals(Host, StringComparison.OrdinalIgnoreCase) : host.EndsWith(_ending, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>The site that a request belongs to; null for none.</summary>
    /// <param name="request">The request.</param>
    /// <param name="path">Its path below the site's prefix.</param>
    public Site? Find(HttpRequest request, out string path)
    {
        foreach (var place in _places)
        {
            if (place.Site.Owns(request.Path, out path) && place.Has(request.Host.Host)) return place.Site;
        }

        path = "";
        return null;
    }
}
