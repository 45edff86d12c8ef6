using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.IdentityModel.Tokens;

namespace FrontDoor.Gateway.Authentication;

/// <summary>One HMAC key of a <see cref="SecretFile"/>; the secret is Base64.</summary>
internal sealed record HmacSecret(string Kid, string Alg, string Secret)
{
    /// <summary>Never the secret: a record would write all its members.</summary>
    public override string ToString() => $"{Alg} {Kid}";
}

/// <summary>The file that the token service's <c>keys new-secret</c> writes: <c>{"current": {"kid", "alg", "secret"}, "next": …, "previous": …}</c>.</summary>
internal sealed record SecretFile(HmacSecret Current, HmacSecret? Next = null, HmacSecret? Previous = null)
{
    /// <exception cref="SecretFaultException">It is not such a file. The message holds no secret.</exception>
    public static IReadOnlyList<JsonWebKey> Read(string path)
    {
        var text = PrivateFile.Read(path);
        try
        {
            var file = JsonSerializer.Deserialize(text, SecretFileJson.Default.SecretFile) ?? throw new JsonException();
            JsonWebKey[] keys = [.. new[] { file.Current, file.Next, file.Previous }.OfType<HmacSecret>().Select(secret => KeyOf(path, secret))];
            return keys.Select(k => k.Kid).Distinct().Count() == keys.Length ? keys : throw new SecretFaultException($"{path}: two secrets have the same kid");
        }
        catch (JsonException e)
        {
            // Not the parser's words: they may quote what they stumbled over.
            var line = e.LineNumber is { } number ? $" (line {number + 1})" : "";
            throw new SecretFaultException($"{path} is not a secret file{line}. It is JSON with current, next and previous, each with kid, alg and secret; the token service's `keys new-secret` makes one");
        }
    }

    private static JsonWebKey KeyOf(string path, HmacSecret secret)
    {
        if (secret.Kid.Length == 0) throw new SecretFaultException($"{path}: a secret has an empty kid");
        if (!SecretKeys.Algorithms.Contains(secret.Alg)) throw new SecretFaultException($"{path}: {secret.Kid} has alg '{secret.Alg}'; legal values are {string.Join(", ", SecretKeys.Algorithms)}");
        var bytes = new byte[secret.Secret.Length];
        if (!Convert.TryFromBase64String(secret.Secret, bytes, out var length)) throw new SecretFaultException($"{path}: {secret.Kid}: secret is not Base64");
        // RFC 7518 section 3.2: at least as long as the hash.
        var least = secret.Alg switch { "HS256" => 32, "HS384" => 48, _ => 64 };
        return length >= least
            ? new JsonWebKey { Kty = JsonWebAlgorithmsKeyTypes.Octet, Kid = secret.Kid, Alg = secret.Alg, K = Base64UrlEncoder.Encode(bytes, 0, length) }
            : throw new SecretFaultException($"{path}: {secret.Kid}: secret has {length} bytes; {secret.Alg} needs at least {least}");
    }
}

// A misspelt or doubled member is a fault: an ignored "nxt" would be noticed when the next secret signs.
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    PropertyNameCaseInsensitive = false,
    AllowDuplicateProperties = false,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(SecretFile))]
internal sealed partial class SecretFileJson : JsonSerializerContext;
