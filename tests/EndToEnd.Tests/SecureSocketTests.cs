using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FrontDoor.TestKit;
using Microsoft.Playwright;
using Xunit;

namespace FrontDoor.EndToEnd.Tests;

/// <summary>A browser whose page came over HTTP/2 opens its WebSocket on that connection (RFC 8441), and does not fall back.</summary>
public sealed class SecureSocketTests
{
    private const string OpenSocket = """
        () => new Promise(done => {
          const socket = new WebSocket(`wss://${location.host}/open-socket`);
          socket.onopen = () => socket.send('hello');
          socket.onmessage = message => done(`${performance.getEntriesByType('navigation')[0].nextHopProtocol} ${message.data}`);
          socket.onclose = end => done(`closed ${end.code}`);
        })
        """;

    [Fact]
    public async Task PageOverHttp2_OpensItsSocket()
    {
        var chromium = Needs.Chromium();
        using var folder = new TestFolder();
        WriteCertificate(folder);
        await using var issuer = await FakeIssuer.StartAsync();
        await using var backend = await TestServer.StartAsync(async context =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            var buffer = new byte[100];
            var heard = await socket.ReceiveAsync(buffer.AsMemory(), context.RequestAborted);
            await socket.SendAsync(buffer.AsMemory(0, heard.Count), WebSocketMessageType.Text, endOfMessage: true, context.RequestAborted);
            await socket.ReceiveAsync(buffer.AsMemory(), context.RequestAborted);
        });
        await using var gateway = await GatewayApp.StartAsync(issuer.Trust, backend.Address, new Dictionary<string, string?>
        {
            ["Kestrel:Endpoints:Secure:Url"] = "https://127.0.0.1:0",
            ["Tls:Folder"] = folder.FullPath,
            ["ReverseProxy:Routes:open-socket:ClusterId"] = "sample",
            ["ReverseProxy:Routes:open-socket:AuthorizationPolicy"] = "Anonymous",
            ["ReverseProxy:Routes:open-socket:Match:Path"] = "/open-socket",
            ["ReverseProxy:Routes:open-socket:Match:Methods:0"] = "GET",
        });
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = chromium, Args = [.. BrowserTests.Flags, "--ignore-certificate-errors"] });
        var page = await browser.NewPageAsync(new() { IgnoreHTTPSErrors = true });
        await page.GotoAsync($"https://localhost:{gateway.HttpsAddress!.Port}/");
        Assert.Equal("h2 hello", await page.EvaluateAsync<string>(OpenSocket));
        Assert.Equal(("GET", "websocket"), (Assert.Single(backend.Received).Method, Assert.Single(backend.Received).Header("Upgrade")));
    }

    private static void WriteCertificate(TestFolder folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));
        folder.Write("localhost.crt", certificate.ExportCertificatePem());
        var file = folder.Write("localhost.key", key.ExportPkcs8PrivateKeyPem());
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
