using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;

namespace FrontDoor.Gateway.Authentication;

/// <summary>
/// An issuer's public keys in a file: PEM with any number of public keys and certificates, or a key set (JWKS). A key without a kid gets its
/// RFC 7638 thumbprint. Of a certificate the key alone counts, not its dates or who signed it: the file is the trust.
/// </summary>
internal static class PublicKeyFile
{
    private static readonly string[] PrivateMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

    /// <exception cref="KeyFileException">It is not such a file, others can write to it, or it has a key that does not belong there.</exception>
    public static IReadOnlyList<JsonWebKey> Read(string path)
    {
        if (!File.Exists(path)) throw new KeyFileException($"{path} does not exist");
        RefuseWritable(path);
        var text = File.ReadAllText(path);
        var keys = text.AsSpan().TrimStart().StartsWith("{") ? ReadKeySet(path, text) : ReadPem(path, text);
        return keys.Count > 0 ? keys : throw new KeyFileException($"{path} has no usable key; it is PEM with public keys or certificates, or a JWKS; RSA keys have at least 2048 bits");
    }

    /// <summary>Whoever can write to it can be anybody.</summary>
    /// <exception cref="KeyFileException">Users other than owner and group can.</exception>
    public static void RefuseWritable(string path)
    {
        if (!OperatingSystem.IsWindows() && File.GetUnixFileMode(path).HasFlag(UnixFileMode.OtherWrite))
            throw new KeyFileException($"{path} can be written by any user of this machine. Run: chmod o-w '{path}'");
    }

    private static List<JsonWebKey> ReadKeySet(string path, string text)
    {
        try
        {
            using var set = JsonDocument.Parse(text);
            if (KeyDocuments.Entries(set.RootElement).Any(HasSecret))
                throw new KeyFileException($"{path} has a private or symmetric key; give the gateway the public half alone");
            return [.. KeyDocuments.Read(text, namedByThumbprint: true).Values];
        }
        catch (JsonException)
        {
            // Not the parser's words: they may quote what they stumbled over.
            throw new KeyFileException($"{path} is no JSON object with a list of keys");
        }
    }

    private static bool HasSecret(JsonElement entry) => entry.ValueKind == JsonValueKind.Object && PrivateMembers.Any(name => entry.TryGetProperty(name, out _));

    private static List<JsonWebKey> ReadPem(string path, string text)
    {
        var keys = new List<JsonWebKey>();
        try
        {
            for (var rest = text.AsSpan(); PemEncoding.TryFind(rest, out var found); rest = rest[found.Location.End..])
            {
                var key = ReadPem(path, rest[found.Label], Convert.FromBase64String(rest[found.Base64Data].ToString()));
                if (!key.IsStrongPublicKey()) throw new KeyFileException($"{path} has a key that is too weak or of another kind; it takes P-256, P-384, P-521 and RSA from 2048 bits");
                key.Kid = key.Thumbprint();
                if (keys.TrueForAll(k => k.Kid != key.Kid)) keys.Add(key);
            }
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            // ArgumentException: a curve that the library does not know.
            throw new KeyFileException($"{path} has a key or certificate that cannot be read");
        }

        return keys;
    }

    private static JsonWebKey ReadPem(string path, ReadOnlySpan<char> label, byte[] content)
    {
        if (label.EndsWith("PRIVATE KEY")) throw new KeyFileException($"{path} has a private key; give the gateway the public half alone");
        if (label is "CERTIFICATE")
        {
            using var certificate = X509CertificateLoader.LoadCertificate(content);
            return KeyOf(certificate.PublicKey, path);
        }

        if (label is "PUBLIC KEY") return KeyOf(PublicKey.CreateFromSubjectPublicKeyInfo(content, out _), path);
        if (label is not "RSA PUBLIC KEY") throw new KeyFileException($"{path} has a block {label}; it takes PUBLIC KEY, RSA PUBLIC KEY and CERTIFICATE");
        using var rsa = RSA.Create();
        rsa.ImportRSAPublicKey(content, out _);
        return KeyOf(rsa);
    }

    private static JsonWebKey KeyOf(PublicKey key, string path)
    {
        using var rsa = key.GetRSAPublicKey();
        if (rsa is not null) return KeyOf(rsa);
        using var ec = key.GetECDsaPublicKey() ?? throw new KeyFileException($"{path} has a key that is neither RSA nor elliptic");
        // The converted one verifies with the object that it was made from, which ends here.
        return JsonWebKeyConverter.ConvertFromECDsaSecurityKey(new ECDsaSecurityKey(ec)).OfNumbersAlone();
    }

    private static JsonWebKey KeyOf(RSA rsa) => JsonWebKeyConverter.ConvertFromRSASecurityKey(new RsaSecurityKey(rsa.ExportParameters(includePrivateParameters: false)));
}
