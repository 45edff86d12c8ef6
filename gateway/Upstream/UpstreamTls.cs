using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FrontDoor.Gateway.Authentication;

namespace FrontDoor.Gateway.Upstream;

/// <summary>The files of a cluster, read.</summary>
/// <param name="Authorities">Null for the system's.</param>
/// <param name="Client">Null for none.</param>
internal sealed record UpstreamTls(X509Certificate2Collection? Authorities, SslStreamCertificateContext? Client)
{
    /// <param name="options">Which files.</param>
    /// <param name="path">Of the settings.</param>
    /// <param name="faults">Every fault is added; the result is then of no use.</param>
    public static UpstreamTls Read(ClusterUpstream options, string path, Action<string> faults) => new(
        options.CaFile is { } ca ? Try(() => Certificates(ca), $"{path}:CaFile", faults) : null,
        options is { ClientCertificateFile: { } certificate, ClientKeyFile: { } key } ? Try(() => Context(certificate, key), $"{path}:ClientCertificateFile", faults) : null);

    public void ApplyTo(SslClientAuthenticationOptions tls)
    {
        if (Client is not null) tls.ClientCertificateContext = Client;
        if (Authorities is null) return;
        // Private authorities seldom publish revocation lists; the framework's client does not ask public ones either.
        tls.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        tls.CertificateChainPolicy.CustomTrustStore.AddRange(Authorities);
    }

    private static X509Certificate2Collection Certificates(string file)
    {
        var all = new X509Certificate2Collection();
        all.ImportFromPemFile(file);
        return all.Count > 0 ? all : throw new CryptographicException("it has no certificate");
    }

    private static SslStreamCertificateContext Context(string certificateFile, string keyFile)
    {
        var chain = Certificates(certificateFile);
        using var leaf = X509Certificate2.CreateFromPem(File.ReadAllText(certificateFile), PrivateFile.Read(keyFile));
        // Windows cannot use a key that was never stored.
        var usable = X509CertificateLoader.LoadPkcs12(leaf.Export(X509ContentType.Pkcs12), null);
        return SslStreamCertificateContext.Create(usable, chain, offline: true);
    }

    private static T? Try<T>(Func<T> read, string setting, Action<string> faults)
        where T : class
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException or KeyFileException)
        {
            faults($"{setting} cannot be used: {e.Message}");
            return null;
        }
    }
}
