using System.Globalization;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Primitives;

namespace FrontDoor.Gateway.StaticFiles;

/// <summary>One site: which requests are its own, and what a path means, from memory where that is fresh.</summary>
internal sealed partial class Site : IDisposable
{
    // Files read at the same time: a flood of first requests must not fill the memory.
    private const int MaxLoads = 4;
    private const int Attempts = 3;

    private readonly RootFolder _root;
    private readonly FileLookup _lookup;
    private readonly FileLoader _loader;
    private readonly ChangeWatch _changes;
    private readonly RootNames _names;
    private readonly FileCache _cache;
    private readonly KeyValuePair<string, StringValues>[] _headers;
    private readonly SemaphoreSlim _loads = new(MaxLoads);
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    /// <param name="name">Of the entry.</param>
    /// <param name="options">The entry.</param>
    /// <param name="folder">Full path of the root.</param>
    /// <param name="policy">Metadata that has authorization judge every request; null for a site that is open to all.</param>
    /// <param name="time">For the age of comparisons.</param>
    /// <param name="logger">For files that cannot be read.</param>
    public Site(string name, StaticSiteOptions options, string folder, object[]? policy, TimeProvider time, ILogger logger)
    {
        Name = name;
        Options = options;
        Prefix = options.PathPrefix.TrimEnd('/');
        Try = TryList.Of(options.EffectiveTry);
        (_time, _logger) = (time, logger);
        _headers = [.. options.Headers.Select(h => KeyValuePair.Create(h.Key, new StringValues(h.Value)))];
        _root = new RootFolder(folder, options.Cache.CheckEvery, time, moved: to => _changes!.MoveTo(to));
        _lookup = new FileLookup(new SiteRoot(_root, options.LinksOutOfRoot), Try, options);
        _loader = new FileLoader(options, time);
        _changes = new ChangeWatch(_root.Now(), logger);
        _names = new RootNames(folder, Try, _changes, options.Cache.CheckEvery, time);
        _cache = new FileCache(options.Cache, _changes, time);
        Sending = new SendingMemory(options.Cache.MaxBytes);
        if (policy is not null) GuardedEndpoint = new Endpoint(SiteAnswers.AnswerGuardedAsync, new EndpointMetadataCollection([.. policy, this]), $"static site {name}");
    }

    public string Name { get; }

    public StaticSiteOptions Options { get; }

    /// <summary>What answers under way hold.</summary>
    public SendingMemory Sending { get; }

    public MemoryCacheStatistics CacheStatistics => _cache.Statistics;

    /// <summary>The path prefix without a slash at its end; empty for the whole host.</summary>
    public string Prefix { get; }

    public TryList Try { get; }

    /// <summary>What authorization judges; null for an open site.</summary>
    public Endpoint? GuardedEndpoint { get; }

    /// <summary>Whether a path lies below the prefix. Without case, as routes: two spellings must not lead to two sites where the file system sees one folder.</summary>
    /// <param name="path">Decoded.</param>
    /// <param name="below">The rest of it.</param>
    public bool Owns(PathString path, out string below)
    {
        below = path.Value ?? "";
        if (Prefix.Length == 0) return true;
        if (!path.StartsWithSegments(Prefix, StringComparison.OrdinalIgnoreCase, out var rest)) return false;
        below = rest.Value ?? "";
        return true;
    }

    /// <summary>Whether this path names something that may be served.</summary>
    public bool Has(string path) => _lookup.Find(path) is not null;

    /// <summary>Whether this name may stand in a listing.</summary>
    public bool MayList(string path) => _lookup.MayList(path);

    /// <summary>The path of the page for this status; null for none.</summary>
    public string? ErrorPage(int status) => Options.ErrorPages.GetValueOrDefault(status.ToString(CultureInfo.InvariantCulture)) is { } file ? NamedFile.PathOf(file) : null;

    /// <summary>Sets the site's headers on an answer that is no file.</summary>
    public void AddHeaders(HttpResponse response)
    {
        foreach (var (name, value) in _headers) response.Headers[name] = value;
    }

    /// <summary>False when there is certainly nothing for this path, in memory or on disk.</summary>
    public bool MayHave(string path) => _names.MayHave(path);

    /// <summary>The file for this path, when it is in memory and fresh.</summary>
    public SiteFile? Fresh(string path) => _cache.Find(path) is { } file && _cache.IsFresh(file) ? file : null;

    /// <summary>Finds what this path means now.</summary>
    /// <returns>Null for nothing that may be served. Never <see cref="Finding.OnDisk"/>.</returns>
    public async Task<Finding?> FindAsync(string path)
    {
        try
        {
            if (Compare(path, out var finding) is { } file) return new Finding.Ready(file);
            return finding is Finding.OnDisk ? await LoadInTurnAsync(path) : finding;
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            CannotRead(e);
            return e is IOException ? new Finding.Unavailable() : null;
        }
    }

    /// <summary>Has the next request look at the disk, and read what is there.</summary>
    public void Forget(string path) => _cache.Remove(path);

    public void CannotRead(Exception e) => Log.Unreadable(_logger, e.Message);

    public void Dispose()
    {
        _cache.Dispose();
        _changes.Dispose();
    }

    private async Task<Finding?> LoadInTurnAsync(string path)
    {
        await _loads.WaitAsync();
        try
        {
            return await LoadAsync(path);
        }
        finally
        {
            _loads.Release();
        }
    }

    private async Task<Finding?> LoadAsync(string path)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var now = Now();
            // Another request may have loaded it meanwhile.
            if (Compare(path, out var finding) is { } known) return new Finding.Ready(known);
            if (finding is not Finding.OnDisk found) return finding;
            if (await _loader.LoadAsync(found, _lookup.SidecarsOf(found, LogOlder), now) is not { } loaded) continue;
            if (!_cache.Add(path, loaded) || !_cache.MayKeepFormsOf(loaded)) return new Finding.Ready(loaded);

            var compressed = _loader.Compress(loaded);
            if (!ReferenceEquals(compressed, loaded)) _cache.Add(path, compressed);
            return new Finding.Ready(compressed);
        }

        return new Finding.Unavailable();
    }

    // The file in memory if the disk still says the same; otherwise what the disk says.
    private SiteFile? Compare(string path, out Finding? finding)
    {
        var now = Now();
        finding = _lookup.Find(path);
        if (_cache.Find(path) is not { } known) return null;
        if (finding is not Finding.OnDisk found)
        {
            _cache.Remove(path);
            return null;
        }

        if (!known.IsSettled && !_cache.IsFresh(known)) return null;
        if (IsTouched(found, known.Compared.Change) || !known.IsMadeFrom(found.Version, _lookup.SidecarsOf(found))) return null;
        known.Compared = now;
        return known;
    }

    // The file or one of its sidecars, by the name it was asked for and by the one that links have led to.
    private bool IsTouched(Finding.OnDisk found, int since) =>
        _changes.Touched(found.Name, since) || _changes.TouchedAt(found.Version.Path, since)
        || ContentCoding.All.Any(coding => _changes.Touched(found.Name + coding.Extension, since));

    private void LogOlder(FileVersion sidecar) => Log.OlderSidecar(_logger, sidecar.Path);

    // Taken before the disk is looked at: a change meanwhile must count as later.
    private Comparison Now() => new(_time.GetTimestamp(), _changes.Count);

    private static partial class Log
    {
        [LoggerMessage(2, LogLevel.Warning, "A static file cannot be read: {Message}")]
        public static partial void Unreadable(ILogger logger, string message);

        [LoggerMessage(3, LogLevel.Debug, "{Path} is older than its original and not served in its place")]
        public static partial void OlderSidecar(ILogger logger, string path);
    }
}
