using System.Net.Security;
using System.Security.Authentication;
using FrontDoor.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Xunit;

namespace FrontDoor.Gateway.Tests.Tls;

public sealed class ServedCertificateTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly TestFolder _further = new();
    private readonly TestCertificates _certificates = new();

    [Fact]
    public async Task CertificateIsChosenByName_WithItsIntermediateAndHttp2()
    {
        _certificates.Write(_folder, "first", ["first.test"]);
        _certificates.Write(_further, "exact", ["shop.test", "b.wild.test"]);
        _certificates.Write(_further, "wild", ["*.wild.test"]);
        await using var gateway = await TlsGateway.StartAsync(With("first", new() { ["Tls:Folder"] = _further.FullPath }));
        foreach (var (host, name) in new[]
        {
            ("first.test", "first"), ("shop.test", "exact"), ("SHOP.test", "exact"), ("a.wild.test", "wild"), ("b.wild.test", "exact"), ("a.b.wild.test", "first"), ("wild.test", "first"),
            ("other.test", "first"), ("", "first"),
        })
        {
            var handshake = await Handshake.WithAsync(gateway.Https, host);
            Assert.Equal((host, name), (host, handshake.Name));
            Assert.Contains("Test Intermediate", handshake.Sent);
            Assert.DoesNotContain("Test Root", handshake.Sent);
            Assert.Equal(SslApplicationProtocol.Http2, handshake.Application);
            Assert.True(handshake.Protocol is SslProtocols.Tls12 or SslProtocols.Tls13);
        }
    }

    [Fact]
    public async Task CertbotsFolders_AreRead()
    {
        _certificates.Write(_further, "kept", ["shop.test"]);
        Directory.CreateDirectory(_folder.File("shop"));
        File.CreateSymbolicLink(_folder.File("shop/fullchain.pem"), _further.File("kept.crt"));
        File.CreateSymbolicLink(_folder.File("shop/privkey.pem"), _further.File("kept.key"));
        await using var gateway = await TlsGateway.StartAsync(new() { ["Tls:Folder"] = _folder.FullPath });
        Assert.Equal("kept", (await Handshake.WithAsync(gateway.Https, "shop.test")).Name);
    }

    [Fact]
    public async Task ListenersOwnCertificate_IsKept()
    {
        _certificates.Write(_folder, "first", ["first.test"]);
        _certificates.Write(_further, "own", ["own.test"]);
        await using var gateway = await TlsGateway.StartAsync(With("first", new()
        {
            ["Kestrel:Endpoints:Secure:Certificate:Path"] = _further.File("own.crt"),
            ["Kestrel:Endpoints:Secure:Certificate:KeyPath"] = _further.File("own.key"),
        }));
        Assert.Equal("own", (await Handshake.WithAsync(gateway.Https, "first.test")).Name);
    }

    [Fact]
    public async Task ReplacedFiles_AreServedWithoutAFailedRequest()
    {
        var before = _certificates.Write(_folder, "first", ["first.test"]);
        var clock = new TestClock();
        await using var gateway = await TlsGateway.StartAsync(With("first"), clock);
        using var stop = new CancellationTokenSource();
        var load = Enumerable.Range(0, 4).Select(_ => RequestsAsync(gateway, stop.Token)).ToArray();
        Assert.Equal(before, (await Handshake.WithAsync(gateway.Https, "first.test")).Serial);
        for (var i = 0; i < 5; i++)
        {
            var after = _certificates.Write(_folder, "first", ["first.test"]);
            await ServedAsync(gateway, clock, after);
        }

        await stop.CancelAsync();
        foreach (var count in await Task.WhenAll(load)) Assert.True(count > 0);
    }

    [Fact]
    public async Task FaultyReplacement_ChangesNothingButLogAndHealth()
    {
        var before = _certificates.Write(_folder, "first", ["first.test"]);
        var clock = new TestClock();
        await using var gateway = await TlsGateway.StartAsync(With("first"), clock);
        _certificates.Write(_folder, "first", ["first.test"], validDays: 1);
        await HealthAsync(gateway, clock, HealthStatus.Degraded);
        Assert.Contains(gateway.App.Logs.All, l => l.Contains("last good ones stay", StringComparison.Ordinal) && l.Contains("first.crt expired at", StringComparison.Ordinal));
        Assert.Equal(before, (await Handshake.WithAsync(gateway.Https, "first.test")).Serial);
        File.Delete(_folder.File("first.key"));
        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(before, (await Handshake.WithAsync(gateway.Https, "first.test")).Serial);

        var mended = _certificates.Write(_folder, "first", ["first.test"]);
        await ServedAsync(gateway, clock, mended);
        await HealthAsync(gateway, clock, HealthStatus.Healthy);
    }

    [Fact]
    public async Task CertificateThatExpiresWhileServed_DegradesHealth()
    {
        _certificates.Write(_folder, "first", ["first.test"], validDays: 401);
        var clock = new TestClock();
        await using var gateway = await TlsGateway.StartAsync(With("first"), clock);
        clock.Advance(TimeSpan.FromDays(2));
        await HealthAsync(gateway, clock, HealthStatus.Degraded);
    }

    public void Dispose()
    {
        _folder.Dispose();
        _further.Dispose();
        _certificates.Dispose();
    }

    private Dictionary<string, string?> With(string name, Dictionary<string, string?>? more = null) => new(more ?? [])
    {
        ["Tls:Certificates:0:CertificateFile"] = _folder.File($"{name}.crt"),
        ["Tls:Certificates:0:KeyFile"] = _folder.File($"{name}.key"),
    };

    private static async Task ServedAsync(TlsGateway gateway, TestClock clock, string serial)
    {
        for (var i = 0; i < 500; i++)
        {
            clock.Advance(TimeSpan.FromSeconds(5));
            if ((await Handshake.WithAsync(gateway.Https, "first.test")).Serial == serial) return;
        }

        Assert.Fail("the replaced certificate is not served");
    }

    private static async Task HealthAsync(TlsGateway gateway, TestClock clock, HealthStatus expected)
    {
        var health = gateway.App.Services.GetRequiredService<HealthCheckService>();
        var report = "";
        for (var i = 0; i < 500; i++)
        {
            clock.Advance(TimeSpan.FromSeconds(5));
            var found = (await health.CheckHealthAsync(check => check.Name == "tls", TestContext.Current.CancellationToken)).Entries["tls"];
            if (found.Status == expected) return;
            report = $"{found.Status}: {found.Description}";
        }

        Assert.Fail($"health does not become {expected}, it is {report}");
    }

    // One connection that stays, and a new one for each request beside it. A request that fails, fails the test.
    private static async Task<int> RequestsAsync(TlsGateway gateway, CancellationToken stop)
    {
        using var kept = gateway.Client();
        var count = 0;
        while (!stop.IsCancellationRequested)
        {
            using var fresh = gateway.Client();
            foreach (var client in new[] { kept, fresh })
            {
                using var answer = await client.GetAsync(new Uri("/api/public/echo/x", UriKind.Relative), TestContext.Current.CancellationToken);
                Assert.True(answer.IsSuccessStatusCode);
                count++;
            }
        }

        return count;
    }
}
