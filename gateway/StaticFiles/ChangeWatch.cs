using System.Collections.Concurrent;

namespace FrontDoor.Gateway.StaticFiles;

/// <summary>
/// Hears from the operating system that something below a root has changed, so that nobody waits for the next comparison. A comfort only:
/// where it is not available, or misses something (links, network file systems), the comparison finds it.
/// </summary>
internal sealed partial class ChangeWatch : IDisposable
{
    private const int MaxNames = 10_000;

    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<string, int> _changed = new();
    private readonly Lock _arming = new();
    private volatile string _folder;
    private FileSystemWatcher? _watcher;
    private bool _isDisposed;
    private int _count;
    private int _allChanged;

    public ChangeWatch(string folder, ILogger logger)
    {
        (_folder, _logger) = (folder, logger);
        Arm(folder);
    }

    /// <summary>Counts up with every change.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Whether a file, or a folder above it, was reported after this count: then even an equal time and size prove nothing.</summary>
    /// <param name="name">Path below the root.</param>
    /// <param name="since">A former <see cref="Count"/>.</param>
    public bool Touched(string name, int since) => TouchedAt(_folder + name, since);

    /// <summary>The same of a full path, where links have led to another name.</summary>
    public bool TouchedAt(string fullPath, int since)
    {
        if (Volatile.Read(ref _allChanged) > since) return true;
        for (var path = fullPath; path is not null; path = Path.GetDirectoryName(path))
        {
            if (_changed.TryGetValue(path, out var count) && count > since) return true;
        }

        return false;
    }

    /// <summary>Watches another folder from now on, or the one that has come to its place. Everything counts as changed.</summary>
    public void MoveTo(string folder)
    {
        _folder = folder;
        NoteAll();
        // A folder with many others below it takes its time.
        _ = Task.Run(() =>
        {
            Arm(folder);
            // What happened until it was armed.
            NoteAll();
        });
    }

    public void Dispose()
    {
        lock (_arming)
        {
            _isDisposed = true;
            _watcher?.Dispose();
        }
    }

    private void Arm(string folder)
    {
        lock (_arming)
        {
            // Moved on meanwhile: another call watches that.
            if (_isDisposed || folder != _folder) return;
            _watcher?.Dispose();
            _watcher = WatcherOf(folder);
        }
    }

    private FileSystemWatcher? WatcherOf(string folder)
    {
        FileSystemWatcher? watcher = null;
        try
        {
            watcher = new FileSystemWatcher(folder) { IncludeSubdirectories = true };
            watcher.Created += (_, e) => Note(e.FullPath);
            watcher.Changed += (_, e) => Note(e.FullPath);
            watcher.Deleted += (_, e) => Note(e.FullPath);
            watcher.Renamed += (_, e) =>
            {
                Note(e.OldFullPath);
                Note(e.FullPath);
            };
            var isTold = 0;
            watcher.Error += (_, e) =>
            {
                // The system's bound of watches, most often; then it comes once for each folder.
                if (Interlocked.Exchange(ref isTold, 1) == 0) Log.NotWatched(_logger, folder, e.GetException().Message);
                NoteAll();
            };
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or PlatformNotSupportedException or ArgumentException)
        {
            watcher?.Dispose();
            Log.NotWatched(_logger, folder, e.Message);
            return null;
        }
    }

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
        [LoggerMessage(1, LogLevel.Warning, "Changes below {Folder} are found by comparison only, or some of them: {Message}")]
        public static partial void NotWatched(ILogger logger, string folder, string message);
    }
}
