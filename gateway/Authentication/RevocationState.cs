using System.Text.Json;

namespace FrontDoor.Gateway.Authentication;

/// <summary>A line of a state file: entries by kind, colon, subject, and the newest that it or a line before it has.</summary>
/// <param name="LastId">The newest entry's.</param>
/// <param name="Entries">When they end, in Unix seconds.</param>
/// <param name="Kinds">Those that the writer judged by; null in lines that were added.</param>
internal sealed record SavedRevocations(long LastId, Dictionary<string, long> Entries, string[]? Kinds = null);

/// <summary>
/// Keeps a revocation list on disk across restarts: the whole list in the first line, what came later in further ones, since a list of an hour's sign-outs may have megabytes. An older file is no
/// harm: the feed resumes after the newest entry that is in it.
/// </summary>
internal sealed partial class RevocationState(string? file, ILogger logger)
{
    // The file is written anew once as many entries were added as the list has, so each costs a constant time and what is over goes.
    private const int LeastAdded = 1000;

    // Since we wrote it as a whole; null until then, and after a fault that may have left half a line.
    private int? _added;

    // As we left the file: at another length somebody else has written it, and a line would not follow what is there.
    private long _length;

    public void LoadInto(RevocationList list)
    {
        if (file is null || !File.Exists(file)) return;
        var entries = new Dictionary<RevokedName, long>();
        var (lastId, kinds) = (-1L, Array.Empty<string>());
        try
        {
            foreach (var line in File.ReadLines(file))
            {
                if (JsonSerializer.Deserialize(line, FeedJson.Default.SavedRevocations) is not { Entries: not null } saved) throw new JsonException("it has no entries");
                foreach (var (name, expires) in saved.Entries) entries[Parse(name)] = expires;
                (lastId, kinds) = (saved.LastId, saved.Kinds ?? kinds);
            }
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            Log.CannotRead(logger, file, e.Message);
        }

        // A gateway that did not judge by all of today's kinds did not keep them: the feed says everything again.
        if (lastId >= 0) list.Restore(entries, RevocationList.Kinds.Except(kinds).Any() ? -1 : lastId);
    }

    /// <summary>Writes the whole list.</summary>
    public void Save(RevocationList list)
    {
        if (file is null || list.LastId < 0) return;
        Try(file, () =>
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
            // A crash leaves the old file or the new one.
            var part = file + ".part";
            File.WriteAllText(part, Line(list.LastId, list.Entries.Select(entry => KeyValuePair.Create(entry.Key, entry.Value.Expires)), RevocationList.Kinds));
            File.Move(part, file, overwrite: true);
            (_added, _length) = (0, new FileInfo(file).Length);
        });
    }

    /// <summary>Writes what the list has just taken in; the whole list where that cannot be added to the file.</summary>
    public void Add(RevocationList list, IReadOnlyCollection<RevocationEntry> entries)
    {
        if (file is null || entries.Count == 0) return;
        var added = _added + entries.Count;
        _added = null;
        if (added <= Math.Max(LeastAdded, list.Entries.Count) && new FileInfo(file) is { Exists: true } known && known.Length == _length)
        {
            Try(file, () =>
            {
                File.AppendAllText(file, Line(list.LastId, entries.Where(RevocationList.Judges).Select(entry => KeyValuePair.Create(new RevokedName(entry.Kind, entry.Subject), entry.Expires))));
                (_added, _length) = (added, new FileInfo(file).Length);
            });
        }

        if (_added is null) Save(list);
    }

    private void Try(string target, Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.CannotWrite(logger, target, e.Message);
        }
    }

    private static string Line(long lastId, IEnumerable<KeyValuePair<RevokedName, long>> entries, string[]? kinds = null)
    {
        var byName = new Dictionary<string, long>();
        foreach (var (name, expires) in entries) byName[$"{name.Kind}:{name.Subject}"] = expires;
        return JsonSerializer.Serialize(new SavedRevocations(lastId, byName, kinds), FeedJson.Default.SavedRevocations) + "\n";
    }

    // No kind has a colon.
    private static RevokedName Parse(string name) =>
        name.IndexOf(':') is > 0 and var colon ? new(name[..colon], name[(colon + 1)..]) : throw new JsonException($"'{name}' is no entry");

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Saved revocations in {File} cannot be read ({Reason}); the feed will send what is missing")]
        public static partial void CannotRead(ILogger logger, string file, string reason);

        [LoggerMessage(2, LogLevel.Warning, "Revocations cannot be saved to {File} ({Reason}); they are kept in memory")]
        public static partial void CannotWrite(ILogger logger, string file, string reason);
    }
}
