using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FrontDoor.TestKit;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Xunit;

namespace FrontDoor.Gateway.Tests.Upstream;

/// <summary>A back end with a certificate of an authority that no system knows, asking for one of the gateway's.</summary>
public sealed class UpstreamTlsTests : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private readonly X509Certificate2 _authority = Authority();
    private FakeIssuer _issuer = null!;
    private TestServer _backend = null!;

    public async ValueTask InitializeAsync()
    {
        _issuer = await FakeIssuer.StartAsync();
        using var own = Issued("backend");
        var certificate = X509CertificateLoader.LoadPkcs12(own.Export(X509ContentType.Pkcs12), null);
        _backend = await TestServer.StartAsync(
            context => context.Response.WriteAsync(context.Connection.ClientCertificate?.Subject ?? "nobody"),
            listen: kestrel => kestrel.Listen(IPAddress.Loopback, 0, endpoint => endpoint.UseHttps(certificate, tls =>
            {
                tls.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                tls.ClientCertificateValidation = (client, _, _) => client.Issuer == _authority.Subject;
            })));
        _folder.Write("ca.pem", _authority.ExportCertificatePem());
        using var client = Issued("gateway");
        _folder.Write("client.pem", client.ExportCertificatePem());
        _folder.Write("client.key", client.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(_folder.File("client.key"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task OwnAuthorityAndClientCertificate_AreUsed()
    {
        Assert.Equal("nobody", await AskAsync(("CaFile", "ca.pem")));
        Assert.Equal("CN=gateway", await AskAsync(("CaFile", "ca.pem"), ("ClientCertificateFile", "client.pem"), ("ClientKeyFile", "client.key")));
    }

    [Fact]
    public async Task CertificateOfAnotherAuthority_Is502()
    {
        Assert.Equal("502", await AskAsync());
        using var other = Authority();
        _folder.Write("other.pem", other.ExportCertificatePem());
        Assert.Equal("502", await AskAsync(("CaFile", "other.pem")));
    }

    [Theory]
    [InlineData("no certificate in it", "cannot be used: it has no certificate")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "cannot be used: ")]
    public async Task FileThatIsNoAuthority_RefusesTheStart(string text, string fault)
    {
        _folder.Write("bad.pem", text);
        var refusal = await Assert.ThrowsAnyAsync<Exception>(() => AskAsync(("CaFile", "bad.pem")));
        Assert.Contains("Upstream:Clusters:sample:CaFile " + fault, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task KeyThatOthersCanRead_RefusesTheStart()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Windows has no such modes");
        else File.SetUnixFileMode(_folder.File("client.key"), UnixFileMode.UserRead | UnixFileMode.OtherRead);
        var refusal = await Assert.ThrowsAnyAsync<Exception>(() => AskAsync(("ClientCertificateFile", "client.pem"), ("ClientKeyFile", "client.key")));
        Assert.Contains("can be read by other users of this machine", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReplacedFiles_AreTakenOverAndFaultyOnesAreNot()
    {
        var clock = new TestClock();
        var settings = new Dictionary<string, string?>
        {
            ["Upstream:Clusters:sample:CaFile"] = _folder.File("ca.pem"),
            ["Upstream:Clusters:sample:ClientCertificateFile"] = _folder.File("client.pem"),
            ["Upstream:Clusters:sample:ClientKeyFile"] = _folder.File("client.key"),
        };
        await using var gateway = await GatewayApp.StartAsync(_issuer.Trust, _backend.Address, settings, clock);
        using var client = Client.For(gateway.Address);
        Assert.Equal("CN=gateway", await AskAsync(client));

        File.WriteAllText(_folder.File("client.pem"), "spoilt");
        await PassUntilAsync(clock, () => gateway.Logs.All.Any(l => l.Contains("is not taken", StringComparison.Ordinal) && l.Contains("ClientCertificateFile cannot be used", StringComparison.Ordinal)), "the fault is told");
        Assert.Equal("CN=gateway", await AskAsync(client));

        using var renewed = Issued("renewed");
        File.WriteAllText(_folder.File("client.key"), renewed.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(_folder.File("client.pem"), renewed.ExportCertificatePem());
        await PassUntilAsync(clock, () => gateway.Logs.All.Any(l => l.Contains("Configuration 2 is in force", StringComparison.Ordinal)), "the files are taken");
        Assert.Equal("CN=renewed", await AskAsync(client));

        // An authority that the back end's certificate is not from: new connections fail.
        using var other = Authority();
        File.WriteAllText(_folder.File("ca.pem"), other.ExportCertificatePem());
        await PassUntilAsync(clock, () => gateway.Logs.All.Any(l => l.Contains("Configuration 3 is in force", StringComparison.Ordinal)), "the authority is taken");
        Assert.Equal("502", await AskAsync(client));
    }

    private static Task PassUntilAsync(TestClock clock, Func<bool> condition, string what) => Until.TrueAsync(
        () =>
        {
            clock.Advance(TimeSpan.FromMilliseconds(500));
            return condition();
        },
        what);

    private static async Task<string> AskAsync(HttpClient client)
    {
        using var answer = await client.GetAsync(new Uri("/api/public/echo/x", UriKind.Relative), TestContext.Current.CancellationToken);
        return answer.IsSuccessStatusCode ? await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken) : $"{(int)answer.StatusCode}";
    }

    private async Task<string> AskAsync(params (string Setting, string File)[] files)
    {
        var settings = files.ToDictionary(f => $"Upstream:Clusters:sample:{f.Setting}", f => (string?)_folder.File(f.File));
        await using var gateway = await GatewayApp.StartAsync(_issuer.Trust, _backend.Address, settings);
        using var client = Client.For(gateway.Address);
        return await AskAsync(client);
    }

    private static X509Certificate2 Authority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN=Authority {Guid.NewGuid():N}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddHours(-1), now.AddHours(1));
    }

    private X509Certificate2 Issued(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.Create(_authority, now.AddMinutes(-30), now.AddMinutes(30), RandomNumberGenerator.GetBytes(8));
        return certificate.CopyWithPrivateKey(key);
    }

    public async ValueTask DisposeAsync()
    {
        await _backend.DisposeAsync();
        await _issuer.DisposeAsync();
        _authority.Dispose();
        _folder.Dispose();
    }
}
