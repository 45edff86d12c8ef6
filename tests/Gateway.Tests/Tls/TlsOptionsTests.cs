using FrontDoor.Gateway.Tls;
using FrontDoor.TestKit;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace FrontDoor.Gateway.Tests.Tls;

public sealed class TlsOptionsTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly TestCertificates _certificates = new();

    [Fact]
    public void SoundFilesRelativeToTheSettings_AreLegal()
    {
        _certificates.Write(_folder, "good", ["good.test"]);
        Assert.Empty(FaultsOf(new TlsOptions { Certificates = [Named("good")], Folder = "." }));
    }

    [Fact]
    public void FilesThatCannotBeServed_AreFaultsWithTheirPaths()
    {
        _certificates.Write(_folder, "expired", ["a.test"], validDays: 1);
        _certificates.Write(_folder, "future", ["a.test"], startsInDays: 500);
        _certificates.Write(_folder, "mismatch", ["a.test"], keyOf: "future");
        _certificates.Write(_folder, "open", ["a.test"]);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(_folder.File("open.key"), UnixFileMode.UserRead | UnixFileMode.OtherRead);
        _certificates.Write(_folder, "nonsense", ["a.test"]);
        _folder.Write("nonsense.crt", "no certificate");
        string[] files = ["expired", "future", "mismatch", "open", "nonsense", "missing"];
        foreach (var file in files) Assert.Contains(_folder.File(file), Assert.Single(FaultsOf(new TlsOptions { Certificates = [Named(file)] })), StringComparison.Ordinal);
    }

    [Fact]
    public void IncompleteSettings_AreFaults()
    {
        Assert.Equal(
            ["Tls:Certificates:0:CertificateFile is missing", "Tls:Certificates:0:KeyFile is missing", "Tls:Folder is nowhere; there is no such folder"],
            FaultsOf(new TlsOptions { Certificates = [new CertificateOptions()], Folder = "nowhere" }));
        Assert.Equal(["Tls:Folder is .; it has no certificate"], FaultsOf(new TlsOptions { Folder = "." }));
        Assert.Equal(["Tls:HttpsPort is 0; it must be from 1 to 65535"], FaultsOf(new TlsOptions { HttpsPort = 0 }));
    }

    [Fact]
    public void Hsts_IsWhatRfc6797Says()
    {
        Assert.Equal("max-age=31536000; includeSubDomains; preload", new HstsOptions { IncludeSubDomains = true, Preload = true }.Field());
        Assert.Single(FaultsOf(new TlsOptions { Hsts = new HstsOptions { MaxAge = TimeSpan.FromSeconds(-1) } }));
        Assert.Single(FaultsOf(new TlsOptions { Hsts = new HstsOptions { Preload = true } }));
        Assert.Single(FaultsOf(new TlsOptions { Hsts = new HstsOptions { Preload = true, IncludeSubDomains = true, MaxAge = TimeSpan.FromDays(364) } }));
    }

    public void Dispose()
    {
        _folder.Dispose();
        _certificates.Dispose();
    }

    private static CertificateOptions Named(string name) => new() { CertificateFile = $"{name}.crt", KeyFile = $"{name}.key" };

    private IEnumerable<string> FaultsOf(TlsOptions options) =>
        new TlsOptionsValidator(new Place(_folder.FullPath), TimeProvider.System).Validate(null, options).Failures ?? [];

    private sealed class Place(string root) : IHostEnvironment
    {
        public string EnvironmentName { get; set; } = "";

        public string ApplicationName { get; set; } = "";

        public string ContentRootPath { get; set; } = root;

        public IFileProvider ContentRootFileProvider { get; set; } = new NullFileProvider();
    }
}
