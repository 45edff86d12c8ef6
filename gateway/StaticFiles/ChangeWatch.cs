using System.Collections.Concurrent;

namespace FrontDoor.Gateway.StaticFiles;

/// <summary>
/// Hears from the operating system that something below a root has changed, so that nobody waits for the next comparison. A comfort only:
/// where it is not available, or misses something (links, network file systems), the comparison finds it.
/// </summary>
internal sealed partial class ChangeWatch : IDisposable
{
    private const int MaxNames = 10_000;

    private readonly string _folder;
    private readonly FileSystemWatcher? _watcher;
    private readonly ConcurrentDictionary<string, int> _changed = new();
    private int _count;
    private int _allChanged;

    public ChangeWatch(string folder, ILogger logger)
    {
        _folder = folder;
        try
        {
            _watcher = new FileSystemWatcher(folder) { IncludeSubdirectories = true };
            _watcher.Created += (_, e) => Note(e.FullPath);
            _watcher.Changed += (_, e) => Note(e.FullPath);
            _watcher.Deleted += (_, e) => Note(e.FullPath);
            _watcher.Renamed += (_, e) =>
            {
                Note(e.OldFullPath);
                Note(e.FullPath);
            };
            _watcher.Error += (_, _) => NoteAll();
            _watcher.EnableRaisingEvents = true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or PlatformNotSupportedException or ArgumentException)
        {
            _watcher?.Dispose();
            _watcher = null;
            Log.NotWatched(logger, folder, e.Message);
        }
    }

    /// <summary>Counts up with every change.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Whether a file, or a folder above it, was reported after this count: then even an equal time and size prove nothing.</summary>
    /// <param name="name">Path below the root.</param>
    /// <param name="since">A former <see cref="Count"/>.</param>
    public bool Touched(string name, int since)
    {
        if (Volatile.Read(ref _allChanged) > since) return true;
        for (var path = _folder + name; path is not null; path = Path.GetDirectoryName(path))
        {
            if (_changed.TryGetValue(path, out var count) && count > since) return true;
        }

        return false;
    }

    public void Dispose() => _watcher?.Dispose();

    private void Note(string path)
    {
        if (_changed.Count >= MaxNames)
        {
            NoteAll();
            return;
        }

        // The name first: who sees the new count must find it.
        _changed[path] = Volatile.Read(ref _count) + 1;
        Interlocked.Increment(ref _count);
    }

    private void NoteAll()
    {
        Volatile.Write(ref _allChanged, Volatile.Read(ref _count) + 1);
        Interlocked.Increment(ref _count);
        _changed.Clear();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Changes below {Folder} are found by comparison only, it cannot be watched: {Message}")]
        public static partial void NotWatched(ILogger logger, string folder, string message);
    }
}
