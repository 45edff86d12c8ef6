using System.Net;
using System.Net.Quic;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.Tls;

/// <summary>A listener with HTTP/3 on a machine that has no libmsquic.</summary>
public sealed class Http3Tests
{
    public Http3Tests()
    {
        if (!OperatingSystem.IsLinux() || QuicListener.IsSupported) Assert.Skip("this machine has HTTP/3");
    }

    [Fact]
    public async Task ListenerWithOtherProtocols_ServesThemAndTheLogSaysSo()
    {
        using var folder = new TestFolder();
        using var certificates = new TestCertificates();
        certificates.Write(folder, "site", ["site.test"]);
        await using var gateway = await TlsGateway.StartAsync(new() { ["Tls:Folder"] = folder.FullPath, ["Kestrel:Endpoints:Secure:Protocols"] = "Http1AndHttp2AndHttp3" });
        using var client = gateway.Client();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/public/echo/x") { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Alt-Svc")); // which would send browsers there in vain
        Assert.Contains(gateway.App.Logs.All, l => l.StartsWith("Warning", StringComparison.Ordinal) && l.Contains("Kestrel:Endpoints:Secure: HTTP/3 is not available on this machine", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ListenerWithNoOther_RefusesTheStartAndCheckSaysWhy()
    {
        using var folder = new TestFolder();
        using var certificates = new TestCertificates();
        certificates.Write(folder, "site", ["site.test"]);
        string[] Settings(string protocols) =>
        [
            "--config", folder.Write($"{protocols}.json", $$$"""{ "Kestrel": { "Endpoints": { "Secure": { "Url": "https://127.0.0.1:0", "Protocols": "{{{protocols}}}" } } }, "Tls": { "Folder": "." } }"""),
        ];
        var (exitCode, _, error) = await GatewayProcess.RunForOutputAsync(folder.FullPath, [.. Settings("Http3"), "check"], TestContext.Current.CancellationToken);
        Assert.Equal(1, exitCode);
        Assert.Contains("Kestrel:Endpoints:Secure:Protocols is Http3, which is not available on this machine: it has no libmsquic", error, StringComparison.Ordinal);

        var (good, output, _) = await GatewayProcess.RunForOutputAsync(folder.FullPath, [.. Settings("Http1AndHttp2AndHttp3"), "check"], TestContext.Current.CancellationToken);
        Assert.Equal(0, good);
        Assert.Contains("note: Kestrel:Endpoints:Secure: HTTP/3 is not available on this machine", output, StringComparison.Ordinal);
    }
}
