using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using FrontDoor.TokenService.Commands;

namespace FrontDoor.TokenService.Keys;

/// <summary>
/// The file that token services and gateways share, and the only place an HMAC secret is in:
/// <c>{"current": {"kid", "alg", "secret"}, "next": …, "previous": …}</c>. The current secret signs; all of them verify.
/// </summary>
internal sealed record SecretFile(HmacSecret Current, HmacSecret? Next = null, HmacSecret? Previous = null)
{
    [JsonIgnore]
    public IEnumerable<HmacSecret> All => new[] { Current, Next, Previous }.OfType<HmacSecret>();

    /// <exception cref="StartupFaultException">It is not there, is not for its owner alone, or not such a file. The message holds no secret.</exception>
    public static SecretFile Read(string path)
    {
        if (!File.Exists(path)) throw new StartupFaultException($"{path} does not exist. Make it with: keys new-secret '{path}'");
        PrivateFile.RequireOwnerOnly(path, "Secret file");
        try
        {
            var file = JsonSerializer.Deserialize(File.ReadAllText(path), SecretFileJson.Default.SecretFile) ?? throw new JsonException();
            return file.Fault() is { } fault ? throw new StartupFaultException($"{path}: {fault}") : file;
        }
        catch (JsonException e)
        {
            // Not the parser's words: they may quote what they stumbled over.
            var line = e.LineNumber is { } number ? $" (line {number + 1})" : "";
            throw new StartupFaultException($"{path} is not a secret file{line}. It is JSON with current, next and previous, each with kid, alg and secret; make one with: keys new-secret");
        }
    }

    /// <summary>The same, and fit for these settings.</summary>
    public static SecretFile Read(string path, KeyOptions options)
    {
        var file = Read(path);
        return options.SignsWithSecret && file.Current.Alg != options.Algorithm
            ? throw new StartupFaultException($"{path}: current is for {file.Current.Alg}, Keys:Algorithm is {options.Algorithm}. Change one of them")
            : file;
    }

    public void Write(string path) => PrivateFile.Write(path, JsonSerializer.Serialize(this, SecretFileJson.Plain.SecretFile) + "\n", overwrite: true);

    private string? Fault()
    {
        foreach (var (name, secret) in new[] { ("current", Current), ("next", Next), ("previous", Previous) })
        {
            if (secret?.Fault() is { } fault) return $"{name}: {fault}";
        }

        return All.GroupBy(s => s.Kid).Any(g => g.Count() > 1) ? "two secrets have the same kid" : null;
    }
}

// A misspelt or doubled member is a fault: an ignored "nxt" would be noticed when the next secret signs.
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    WriteIndented = true,
    PropertyNameCaseInsensitive = false,
    AllowDuplicateProperties = false,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(SecretFile))]
internal sealed partial class SecretFileJson : JsonSerializerContext
{
    /// <summary>Writes Base64's plus sign as it is.</summary>
    public static SecretFileJson Plain => new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
