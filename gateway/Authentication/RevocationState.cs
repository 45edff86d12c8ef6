using System.Text.Json;

namespace FrontDoor.Gateway.Authentication;

/// <summary>What a state file holds: entries by kind, colon, subject.</summary>
internal sealed record SavedRevocations(long LastId, Dictionary<string, long> Entries);

/// <summary>
/// Keeps a revocation list on disk across restarts. An older file is no harm: the feed resumes after the newest entry that is in it.
/// </summary>
internal sealed partial class RevocationState(string? file, ILogger logger)
{
    public void LoadInto(RevocationList list)
    {
        if (file is null || !File.Exists(file)) return;
        try
        {
            var saved = JsonSerializer.Deserialize(File.ReadAllText(file), FeedJson.Default.SavedRevocations);
            if (saved is { Entries: not null }) list.Restore([.. saved.Entries.Select(entry => KeyValuePair.Create(Parse(entry.Key), entry.Value))], saved.LastId);
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            Log.CannotRead(logger, file, e.Message);
        }
    }

    public void Save(RevocationList list)
    {
        if (file is null || list.LastId < 0) return;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
            // A crash leaves the old file or the new one.
            var part = file + ".part";
            File.WriteAllText(part, JsonSerializer.Serialize(new SavedRevocations(list.LastId, list.Entries.ToDictionary(entry => $"{entry.Key.Kind}:{entry.Key.Subject}", entry => entry.Value.Expires)), FeedJson.Default.SavedRevocations));
            File.Move(part, file, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.CannotWrite(logger, file, e.Message);
        }
    }

    // No kind has a colon.
    private static RevokedName Parse(string name) =>
        name.IndexOf(':') is > 0 and var colon ? new(name[..colon], name[(colon + 1)..]) : throw new JsonException($"'{name}' is no entry");

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Saved revocations in {File} cannot be read ({Reason}); the feed will send them all")]
        public static partial void CannotRead(ILogger logger, string file, string reason);

        [LoggerMessage(2, LogLevel.Warning, "Revocations cannot be saved to {File} ({Reason}); they are kept in memory")]
        public static partial void CannotWrite(ILogger logger, string file, string reason);
    }
}
