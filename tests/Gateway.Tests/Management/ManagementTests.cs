using System.Net;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.Management;

public sealed class ManagementTests(SharedGateway gateway)
{
    [Theory]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    public async Task Health_IsAnsweredOnTheManagementListener(string path)
    {
        using var client = Client.For(gateway.App.ManagementAddress);
        using var answer = await client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("Healthy", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    [InlineData("/HEALTH/live")]
    public async Task Health_IsNotOnThePublicListenerUnderWhateverHost(string path)
    {
        foreach (var host in new[] { gateway.Address.Authority, gateway.App.ManagementAddress.Authority, "localhost:8081" })
        {
            var answer = await RawHttp.SendAsync(gateway.Address, $"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n", TestContext.Current.CancellationToken);
            Assert.Equal(404, RawHttp.Status(answer));
            Assert.DoesNotContain("ealthy", answer, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("/favicon.svg")]
    [InlineData("/Dashboard.js")]
    [InlineData("/api/status/x")]
    [InlineData("/index.html")]
    [InlineData("/api/public/echo/x")]
    [InlineData("/api/echo/x")]
    [InlineData("/.well-known/jwks.json")]
    [InlineData("/health")]
    [InlineData("/health/live/x")]
    public async Task NothingElse_IsOnTheManagementListener(string path)
    {
        foreach (var host in new[] { gateway.Address.Authority, gateway.App.ManagementAddress.Authority })
        {
            var answer = await RawHttp.SendAsync(
                gateway.App.ManagementAddress,
                $"GET {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {gateway.Issuer.Token()}\r\nAccept: text/html\r\nConnection: close\r\n\r\n",
                TestContext.Current.CancellationToken);
            Assert.Equal(404, RawHttp.Status(answer));
        }
    }

    [Fact]
    public async Task ForeignHost_IsRefusedOnManagementToo()
    {
        // DNS rebinding: a page of another origin must not read what only this machine may.
        var answer = await RawHttp.SendAsync(
            gateway.App.ManagementAddress, "GET /health/ready HTTP/1.1\r\nHost: rebound.test\r\nConnection: close\r\n\r\n", TestContext.Current.CancellationToken);
        Assert.Equal(400, RawHttp.Status(answer));
    }
}
