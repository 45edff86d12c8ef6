using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.IdentityModel.Tokens;

namespace FrontDoor.Gateway.Authentication;

/// <summary>The public members of a key.</summary>
internal sealed record SavedKey(string Kid, string Kty, string? Alg, string? Crv, string? X, string? Y, string? N, string? E);

/// <summary>What a state file holds: a key set that also says whose it is.</summary>
internal sealed record SavedKeys(string Issuer, string MetadataAddress, SavedKey[] Keys);

/// <summary>
/// Keeps an issuer's last good keys on disk, so that a gateway can start while its issuer is down. The file holds nothing secret, but whoever
/// can write to it can be anybody, so one that any user may write to is not read.
/// </summary>
internal sealed partial class KeyState(IssuerOptions options, ILogger logger)
{
    private string? _lastFault;

    /// <returns>The saved keys; null when there are none that can be used.</returns>
    public IReadOnlyDictionary<string, JsonWebKey>? Load()
    {
        if (options.KeysStateFile is not { } file || !File.Exists(file)) return null;
        try
        {
            PublicKeyFile.RefuseWritable(file);
            var text = File.ReadAllText(file);
            var saved = JsonSerializer.Deserialize(text, KeyStateJson.Default.SavedKeys);
            // Under other settings they were another's keys.
            if (saved?.Issuer != options.Issuer || saved.MetadataAddress != options.EffectiveMetadataAddress) return null;
            var keys = KeyDocuments.Read(text);
            if (keys.Count == 0) return null;
            Log.Restored(logger, options.Issuer, file, string.Join(", ", keys.Keys));
            return keys;
        }
        catch (Exception e) when (e is JsonException or KeyFileException or IOException or UnauthorizedAccessException)
        {
            Log.CannotRead(logger, file, e.Message);
            return null;
        }
    }

    public void Save(IReadOnlyDictionary<string, JsonWebKey> keys)
    {
        if (options.KeysStateFile is not { } file) return;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
            var saved = new SavedKeys(options.Issuer, options.EffectiveMetadataAddress, [.. keys.Values.Select(k => new SavedKey(k.Kid, k.Kty, k.Alg, k.Crv, k.X, k.Y, k.N, k.E))]);
            // A crash leaves the old file or the new one.
            var part = file + ".part";
            File.Delete(part);
            using (var stream = new FileStream(part, Created())) JsonSerializer.Serialize(stream, saved, KeyStateJson.Default.SavedKeys);
            File.Move(part, file, overwrite: true);
            _lastFault = null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (e.Message != _lastFault) Log.CannotWrite(logger, file, e.Message);
            _lastFault = e.Message;
        }
    }

    private static FileStreamOptions Created()
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        return options;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Signing keys of {Issuer} from {File}, until it gives them itself: {Kids}")]
        public static partial void Restored(ILogger logger, string issuer, string file, string kids);

        [LoggerMessage(2, LogLevel.Warning, "Saved keys in {File} are not used ({Reason}); they will be fetched")]
        public static partial void CannotRead(ILogger logger, string file, string reason);

        [LoggerMessage(3, LogLevel.Warning, "Keys cannot be saved to {File} ({Reason}); they are kept in memory")]
        public static partial void CannotWrite(ILogger logger, string file, string reason);
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SavedKeys))]
internal sealed partial class KeyStateJson : JsonSerializerContext;
