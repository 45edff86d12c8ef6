using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace FrontDoor.Gateway.Tls;

/// <summary>The certificates at one moment, by the names they are for.</summary>
internal sealed class CertificateSet
{
    private readonly Dictionary<string, SslStreamCertificateContext> _byName = new(StringComparer.OrdinalIgnoreCase);
    private readonly SslStreamCertificateContext _default;

    private CertificateSet(IReadOnlyList<SslStreamCertificateContext> certificates)
    {
        _default = certificates[0];
        foreach (var certificate in certificates)
        {
            foreach (var name in NamesOf(certificate.TargetCertificate)) _byName.TryAdd(name, certificate);
        }

        ValidUntil = certificates.Min(c => c.TargetCertificate.NotAfter.ToUniversalTime());
    }

    /// <summary>When the first of them expires.</summary>
    public DateTimeOffset ValidUntil { get; }

    /// <returns>Null when one of them cannot be used.</returns>
    public static CertificateSet? Of(IReadOnlyList<CertificateText> texts, DateTimeOffset now, ICollection<string> faults)
    {
        var certificates = texts.Select(text => Load(text, now, faults)).OfType<SslStreamCertificateContext>().ToArray();
        return certificates.Length == texts.Count ? new CertificateSet(certificates) : null;
    }

    /// <summary>By RFC 6125 section 6.4.3: the exact name, else a wildcard for its first label, else the first certificate.</summary>
    public SslStreamCertificateContext Select(string? serverName)
    {
        if (string.IsNullOrEmpty(serverName)) return _default;
        if (_byName.TryGetValue(serverName, out var exact)) return exact;
        var dot = serverName.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && _byName.TryGetValue(string.Concat("*", serverName.AsSpan(dot)), out var wildcard) ? wildcard : _default;
    }

    private static SslStreamCertificateContext? Load(CertificateText text, DateTimeOffset now, ICollection<string> faults)
    {
        try
        {
            var certificate = X509Certificate2.CreateFromPem(text.Certificate, text.Key);
            if (certificate.NotAfter.ToUniversalTime() <= now) faults.Add($"{text.Setting}: {text.Path} expired at {certificate.NotAfter.ToUniversalTime():u}");
            else if (certificate.NotBefore.ToUniversalTime() > now) faults.Add($"{text.Setting}: {text.Path} is not valid before {certificate.NotBefore.ToUniversalTime():u}");
            else return ContextOf(certificate, text.Certificate);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            faults.Add($"{text.Setting}: {text.Path} or its key cannot be used: {e.Message}");
        }

        return null;
    }

    // Offline: the file has the intermediate certificates, and nothing is fetched for a handshake.
    private static SslStreamCertificateContext ContextOf(X509Certificate2 certificate, string pem)
    {
        var all = new X509Certificate2Collection();
        all.ImportFromPem(pem);
        return SslStreamCertificateContext.Create(certificate, all, offline: true);
    }

    private static IEnumerable<string> NamesOf(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(e => e.EnumerateDnsNames());
}
