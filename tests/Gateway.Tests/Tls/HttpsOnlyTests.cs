using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.Tls;

public sealed class HttpsOnlyTests : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private readonly TestCertificates _certificates = new();
    private TlsGateway _gateway = null!;

    public async ValueTask InitializeAsync()
    {
        _certificates.Write(_folder, "first", ["first.test"]);
        _gateway = await TlsGateway.StartAsync(new()
        {
            ["Tls:Folder"] = _folder.FullPath,
            ["Tls:RedirectHttp"] = "true",
            ["Tls:HttpsPort"] = "8443",
            ["Tls:Hsts:MaxAge"] = "2.00:00:00",
            ["Tls:Hsts:IncludeSubDomains"] = "true",
            ["Edge:TrustedProxies:0"] = "127.0.0.1",
        });
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    public async Task PlainRequest_IsSentToHttpsWithPathAndQuery(string method)
    {
        var answer = await RawHttp.RequestAsync(_gateway.App.Address, method, "/api/public/echo/a%20b?q=%2F&r=1", "Content-Length: 0");
        Assert.Equal(308, RawHttp.Status(answer));
        Assert.Contains("\r\nLocation: https://127.0.0.1:8443/api/public/echo/a%20b?q=%2F&r=1\r\n", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("Strict-Transport-Security", answer, StringComparison.Ordinal);
        Assert.Empty(_gateway.Backend.Received);
    }

    [Theory]
    [InlineData("/.well-known/acme-challenge/token", 404)]
    [InlineData("/.well-known/acme-challenge-not", 308)]
    [InlineData("/a//b", 400)]
    public async Task AcmesChallenge_IsNotSentAway(string target, int status) =>
        Assert.Equal(status, RawHttp.Status(await RawHttp.RequestAsync(_gateway.App.Address, "GET", target)));

    [Fact]
    public async Task RequestWithoutHost_Is400() => Assert.Equal(400, RawHttp.Status(
        await RawHttp.SendAsync(_gateway.App.Address, "GET / HTTP/1.0\r\n\r\n", TestContext.Current.CancellationToken)));

    [Fact]
    public async Task ForeignHost_IsNotInTheLocation() => Assert.DoesNotContain("evil.example", await RawHttp.SendAsync(
        _gateway.App.Address, "GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n", TestContext.Current.CancellationToken), StringComparison.Ordinal);

    [Theory]
    [InlineData("/api/public/echo/x")]
    [InlineData("/index.html")]
    [InlineData("/nowhere")]
    [InlineData("/api/echo/x")]
    public async Task AnswerOverHttps_HasHstsOnce(string path)
    {
        using var client = _gateway.Client();
        using var answer = await client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal("max-age=172800; includeSubDomains", Assert.Single(answer.Headers.GetValues("Strict-Transport-Security")));
    }

    [Fact]
    public async Task HttpsAtATrustedProxy_CountsAsHttps()
    {
        var answer = await RawHttp.RequestAsync(_gateway.App.Address, "GET", "/api/public/echo/x", "X-Forwarded-Proto: https");
        Assert.Equal(200, RawHttp.Status(answer));
        Assert.Contains("\r\nStrict-Transport-Security: max-age=172800; includeSubDomains\r\n", answer, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        _folder.Dispose();
        _certificates.Dispose();
    }
}
