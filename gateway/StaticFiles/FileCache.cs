using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace FrontDoor.Gateway.StaticFiles;

/// <summary>The files of one site that are in use, by the path they were asked for. What was least recently used goes first.</summary>
internal sealed class FileCache(FileCacheOptions options, ChangeWatch changes, TimeProvider time) : IDisposable
{
    private readonly MemoryCache _files = new(Options.Create(new MemoryCacheOptions { SizeLimit = options.MaxBytes, TrackStatistics = true }));

    private long _ownHits;
    private long _ownMisses;

    /// <summary>What requests found and did not find.</summary>
    public MemoryCacheStatistics Statistics
    {
        get
        {
            var all = _files.GetCurrentStatistics()!;
            return new()
            {
                CurrentEntryCount = all.CurrentEntryCount,
                CurrentEstimatedSize = all.CurrentEstimatedSize,
                TotalHits = all.TotalHits - Volatile.Read(ref _ownHits),
                TotalMisses = all.TotalMisses - Volatile.Read(ref _ownMisses),
            };
        }
    }

    /// <summary>Whatever is kept for this path, fresh or not.</summary>
    public SiteFile? Find(string path) => _files.TryGetValue(path, out var file) ? (SiteFile)file! : null;

    /// <summary>Whether a file has just been compared with the disk, and nothing has been reported since.</summary>
    public bool IsFresh(SiteFile file)
    {
        var compared = file.Compared;
        return compared.Change == changes.Count && time.GetElapsedTime(compared.At) < options.CheckEvery;
    }

    /// <returns>False when there is no room for it.</returns>
    public bool Add(string path, SiteFile file)
    {
        _files.Set(path, file, new MemoryCacheEntryOptions { Size = file.Bytes });
        var kept = Find(path);
        // The cache counts this look, too, which no request has made.
        Interlocked.Increment(ref kept is null ? ref _ownMisses : ref _ownHits);
        return ReferenceEquals(kept, file);
    }

    /// <summary>Whether there can ever be room for the file and two smaller forms of it.</summary>
    public bool MayKeepFormsOf(SiteFile file) => 3 * file.Bytes <= options.MaxBytes;

    public void Remove(string path) => _files.Remove(path);

    // Not the cache itself: a request under way when the configuration changes may still ask it.
    public void Dispose() => _files.Clear();
}
