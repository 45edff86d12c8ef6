using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FrontDoor.TestKit;

namespace FrontDoor.Gateway.Tests.Tls;

/// <summary>Makes certificates: a root, an intermediate and whatever a test asks for.</summary>
internal sealed class TestCertificates : IDisposable
{
    private static readonly DateTimeOffset Start = TimeProvider.System.GetUtcNow().AddDays(-400);

    private readonly X509Certificate2 _root;
    private readonly X509Certificate2 _intermediate;

    public TestCertificates()
    {
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _root = Authority("CN=Test Root", rootKey).CreateSelfSigned(Start, Start.AddDays(4000));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var issued = Authority("CN=Test Intermediate", key).Create(_root, Start, Start.AddDays(3900), [2]);
        _intermediate = issued.CopyWithPrivateKey(key);
    }

    /// <summary>Writes <c>name.crt</c> (with the intermediate) and <c>name.key</c> into the folder.</summary>
    /// <returns>The serial number.</returns>
    public string Write(TestFolder folder, string name, string[] hosts, int validDays = 800, int startsInDays = 0, string? keyOf = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        foreach (var host in hosts) names.AddDnsName(host);
        if (hosts.Length > 0) request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(_intermediate, Start.AddDays(startsInDays), Start.AddDays(startsInDays + validDays), RandomNumberGenerator.GetBytes(8));
        // The certificate first: in between, the pair does not fit.
        Replace(folder, $"{name}.crt", certificate.ExportCertificatePem() + "\n" + _intermediate.ExportCertificatePem());
        Replace(folder, $"{name}.key", keyOf is null ? key.ExportPkcs8PrivateKeyPem() : File.ReadAllText(folder.File($"{keyOf}.key")));
        return certificate.SerialNumber;
    }

    public void Dispose()
    {
        _root.Dispose();
        _intermediate.Dispose();
    }

    private static void Replace(TestFolder folder, string name, string text)
    {
        var beside = folder.Write(name + ".new", text);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(beside, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.Move(beside, folder.File(name), overwrite: true);
    }

    private static CertificateRequest Authority(string name, ECDsa key)
    {
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        return request;
    }
}
