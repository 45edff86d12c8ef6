namespace FrontDoor.Gateway.StaticFiles;

/// <summary>All sites by name. Section <c>StaticSites</c>.</summary>
internal sealed class StaticSitesOptions() : Dictionary<string, StaticSiteOptions>(StringComparer.OrdinalIgnoreCase)
{
    public const string Section = "StaticSites";
}

/// <summary>
/// One folder served from disk. Where several sites could serve a request, those that name its host go first, then the longest prefix, then a host
/// that is written out before a wildcard.
/// </summary>
internal sealed record StaticSiteOptions
{
    /// <summary>Folder of the files, relative to the content root. Required; it, or a folder above it, may be a symbolic link that deployments swap.</summary>
    public string? Root { get; init; }

    /// <summary>Hosts it answers for, without port: <c>example.com</c> or <c>*.example.com</c> (subdomains). <c>AllowedHosts</c> must let them in. Default none: every host.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>Path below which it lies; <c>/docs</c> maps <c>/docs/a.html</c> to <c>a.html</c> in the root. Compared without case. Default <c>/</c>.</summary>
    public string PathPrefix { get; init; } = "/";

    /// <summary>Files that answer for a folder, first found first. Default <c>index.html</c>.</summary>
    public IReadOnlyList<string>? IndexFiles { get; init; }

    /// <summary>
    /// What is looked for, in order: <c>$uri</c> (the file), <c>$uri.html</c> (any ending), <c>$uri/</c> (the folder's index). The last entry may be a
    /// file that answers everything else (<c>/fallback.html</c>) or a status (<c>=404</c>); it is used when no route matches either.
    /// Default <c>$uri</c>, <c>$uri/</c>.
    /// </summary>
    public IReadOnlyList<string>? Try { get; init; }

    /// <summary>
    /// File below the root that answers a browser's navigation (GET, <c>Accept: text/html</c>, no file extension) which matches neither file nor
    /// route, so that client-side routes survive a reload. Default null: such a request is 404.
    /// </summary>
    public string? SinglePageFallback { get; init; }

    /// <summary>Path prefixes that never get a fallback file: calls of an API. Default <c>/api</c> and <c>/.well-known</c>.</summary>
    public IReadOnlyList<string>? NeverFallBack { get; init; }

    /// <summary>
    /// Policy that a request must meet, as on a route: a name of section <c>Policies</c>, or <c>Default</c> for any valid token. The site then owns its
    /// prefix: no route below it is reached. Default null: open to all.
    /// </summary>
    public string? Policy { get; init; }

    /// <summary>Limits that requests are counted by, as on a route: names of section <c>RateLimits</c>, separated by commas. For a site with a <see cref="Policy"/>. Default null: none.</summary>
    public string? RateLimiterPolicy { get; init; }

    /// <summary>Which pages of other origins may read its files, as on a route: a name of section <c>Cors</c>. For a site with a <see cref="Policy"/>. Default null: none.</summary>
    public string? CorsPolicy { get; init; }

    /// <summary>True: no client reaches it; only a back end hands out its files (<c>X-Accel-Redirect</c>). Default false.</summary>
    public bool Internal { get; init; }

    /// <summary>
    /// <c>Cache-Control</c> of its files. Default <c>no-cache</c> (kept, but asked for each time); <c>private, no-cache</c> with a policy or
    /// when internal, where whatever is set must contain <c>private</c> or <c>no-store</c>.
    /// </summary>
    public string? CacheControl { get; init; }

    /// <summary>Further response headers, by name, of all that the site answers: files, redirects, listings and errors. Default none.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>Exceptions for some files; all that match apply, the last wins. Default none.</summary>
    public IReadOnlyList<FileRuleOptions> Rules { get; init; } = [];

    /// <summary>Charset named in the type of text files; empty for none. Default <c>utf-8</c>.</summary>
    public string Charset { get; init; } = "utf-8";

    /// <summary>Media types by file extension (<c>.ext</c>), beside and above those that ASP.NET Core knows. Default none.</summary>
    public IReadOnlyDictionary<string, string> MediaTypes { get; init; } = new Dictionary<string, string>();

    /// <summary>True: a folder without index file is listed, as HTML or, when asked for, JSON. Default false: 404.</summary>
    public bool Listing { get; init; }

    /// <summary>
    /// Files below the root that a browser sees instead of an error, by status, as <c>"404": "404.html"</c>. For errors of the site itself: 404 and a status
    /// of <see cref="Try"/>, 405, 412, 416, 503 (a file that cannot be read at the moment), and what a <see cref="Policy"/> answers (401, 403, 503). Errors of routes and of
    /// limits are none of them. Only for requests whose <c>Accept</c> prefers <c>text/html</c>; others get the problem. Default none.
    /// </summary>
    public IReadOnlyDictionary<string, string> ErrorPages { get; init; } = new Dictionary<string, string>();

    /// <summary>True: files and folders whose names start with a dot are served. Default false: only <c>/.well-known/</c>.</summary>
    public bool Dotfiles { get; init; }

    /// <summary>True: symbolic links may lead out of the root. Default false: what lies outside is 404.</summary>
    public bool LinksOutOfRoot { get; init; }

    /// <summary>True: text files of 1 KB and more without sidecars are compressed once and kept in memory; those that <c>Cache:MaxBytes</c> has no room for are not. Default false.</summary>
    public bool Compress { get; init; }

    /// <summary>Most ranges that one request may ask for; more get the whole file. 0 to 1,000; 0 serves no ranges. Default 16.</summary>
    public int MaxRanges { get; init; } = 16;

    /// <summary>What is kept in memory.</summary>
    public FileCacheOptions Cache { get; init; } = new();

    public IReadOnlyList<string> EffectiveIndexFiles => IndexFiles ?? ["index.html"];

    public IReadOnlyList<string> EffectiveTry => Try ?? ["$uri", "$uri/"];

    public IReadOnlyList<string> EffectiveNeverFallBack => NeverFallBack ?? ["/api", "/.well-known"];

    public bool IsClosed => Internal || Policy is not null;

    public string EffectiveCacheControl => CacheControl ?? (IsClosed ? "private, no-cache" : "no-cache");
}

/// <summary>Headers for the files that a pattern names.</summary>
internal sealed record FileRuleOptions
{
    /// <summary>Pattern of paths below the root: <c>assets/**</c>, <c>*.html</c> (in every folder). Without braces and parent folders. Required.</summary>
    public string? Files { get; init; }

    /// <summary>Replaces the site's <c>Cache-Control</c>. Default null: it stays.</summary>
    public string? CacheControl { get; init; }

    /// <summary>Added to the site's headers or replacing them. Default none.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();
}

/// <summary>Bounds of one site's memory.</summary>
internal sealed record FileCacheOptions
{
    /// <summary>
    /// Bytes of all kept files, with about 1 KB for each entry. 0 keeps nothing. Answers under way may hold as much again; beyond that, files of more than 16 KB are sent
    /// from disk. Default 64 MiB.
    /// </summary>
    public long MaxBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>
    /// Largest file that is read into memory, in bytes; its ETag is a hash of its content. Larger ones are sent from disk, with an ETag of
    /// their time and size. 0 to 64 MiB. Default 1 MiB.
    /// </summary>
    public int MaxFileBytes { get; init; } = 1024 * 1024;

    /// <summary>How long a file is served before it is compared with the disk again; a watcher usually reports changes sooner. 0 to 1 minute. Default 1 second.</summary>
    public TimeSpan CheckEvery { get; init; } = TimeSpan.FromSeconds(1);
}
