using System.Security.Cryptography;
using System.Text;
using FrontDoor.Gateway.Authentication;

namespace FrontDoor.Gateway.Tls;

/// <summary>The text of one certificate and its key, and where it is from.</summary>
internal sealed record CertificateText(string Setting, string Path, string Certificate, string Key)
{
    /// <summary>Never the key: a record would write all its members.</summary>
    public override string ToString() => Path;
}

/// <summary>Finds and reads the files that the settings name.</summary>
internal static class CertificateFiles
{
    /// <returns>Null when there are faults, or when nothing is configured.</returns>
    public static IReadOnlyList<CertificateText>? Read(TlsOptions options, string root, ICollection<string> faults)
    {
        var before = faults.Count;
        var texts = Pairs(options, root, faults).Select(pair => Read(pair, faults)).OfType<CertificateText>().ToArray();
        if (faults.Count > before || !options.HasCertificates) return null;
        if (texts.Length == 0) faults.Add($"Tls:Folder is {options.Folder}; it has no certificate");
        return texts.Length > 0 ? texts : null;
    }

    /// <summary>Tells changed files from unchanged ones. By content: a mounted secret changes behind links whose own time stays.</summary>
    public static string DigestOf(IReadOnlyList<CertificateText> texts) =>
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', texts.SelectMany(t => new[] { t.Path, t.Certificate, t.Key })))));

    private static IEnumerable<(string Setting, string Certificate, string Key)> Pairs(TlsOptions options, string root, ICollection<string> faults)
    {
        for (var i = 0; i < options.Certificates.Count; i++)
        {
            var (certificate, key) = (options.Certificates[i].CertificateFile, options.Certificates[i].KeyFile);
            if (certificate.Length == 0) faults.Add($"Tls:Certificates:{i}:CertificateFile is missing");
            if (key.Length == 0) faults.Add($"Tls:Certificates:{i}:KeyFile is missing");
            if (certificate.Length > 0 && key.Length > 0) yield return ($"Tls:Certificates:{i}", Path.Combine(root, certificate), Path.Combine(root, key));
        }

        if (options.Folder is null) yield break;
        var folder = Path.Combine(root, options.Folder);
        if (!Directory.Exists(folder))
        {
            faults.Add($"Tls:Folder is {options.Folder}; there is no such folder");
            yield break;
        }

        if (KeysIn(folder, faults) is not var (files, folders)) yield break;
        foreach (var key in files)
        {
            var crt = Path.ChangeExtension(key, ".crt");
            yield return ("Tls:Folder", File.Exists(crt) ? crt : Path.ChangeExtension(key, ".pem"), key);
        }

        foreach (var key in folders)
            yield return ("Tls:Folder", Path.Combine(Path.GetDirectoryName(key)!, "fullchain.pem"), key);
    }

    // Both layouts: name.key beside name.crt, and certbot's folder for each name.
    private static (string[] Files, string[] Folders)? KeysIn(string folder, ICollection<string> faults)
    {
        try
        {
            return (
                [.. Directory.EnumerateFiles(folder, "*.key").Order(StringComparer.Ordinal)],
                [.. Directory.EnumerateDirectories(folder).Select(d => Path.Combine(d, "privkey.pem")).Where(File.Exists).Order(StringComparer.Ordinal)]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            faults.Add($"Tls:Folder: {e.Message}");
            return null;
        }
    }

    private static CertificateText? Read((string Setting, string Certificate, string Key) pair, ICollection<string> faults)
    {
        try
        {
            // The mode that counts is that of the file itself, not of certbot's link to it.
            var key = File.ResolveLinkTarget(pair.Key, returnFinalTarget: true)?.FullName ?? pair.Key;
            return new CertificateText(pair.Setting, pair.Certificate, File.ReadAllText(pair.Certificate), PrivateFile.Read(key));
        }
        catch (Exception e) when (e is KeyFileException or IOException or UnauthorizedAccessException)
        {
            faults.Add($"{pair.Setting}: {e.Message}");
            return null;
        }
    }
}
