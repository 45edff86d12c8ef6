using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.WebSockets;
using FrontDoor.TestKit;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace FrontDoor.Gateway.Tests.Authentication;

/// <summary>Tokens from a cookie and from the query, on routes that take them from there; on the wire.</summary>
public sealed class CredentialPlaceTests : IAsyncLifetime
{
    private const string Cookie = "__Host-access";
    private const string Handshake = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

    private FakeIssuer _issuer = null!;
    private TestServer _backend = null!;
    private GatewayApp _gateway = null!;

    private string Own => $"http://{_gateway.Address.Authority}";

    public async ValueTask InitializeAsync()
    {
        _issuer = await FakeIssuer.StartAsync();
        _backend = await TestServer.StartAsync(async context =>
        {
            if (context.WebSockets.IsWebSocketRequest) await (await context.WebSockets.AcceptWebSocketAsync()).CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
            else await context.Response.WriteAsync("ok");
        });
        _gateway = await GatewayApp.StartAsync(_issuer.Trust, _backend.Address, new Dictionary<string, string?>
        {
            ["Credentials:Routes:echo:Cookie"] = Cookie,
            ["Credentials:Routes:echo:Origins:0"] = "https://app.example.com",
            ["Credentials:Routes:ECHO:Query"] = "access_token",
            ["Credentials:Routes:socket:Query"] = "access_token",
            ["Credentials:Routes:socket:Cookie"] = Cookie,
            // Whoever turns the logs up does not turn tokens on.
            ["Logging:LogLevel:Default"] = "Trace",
            ["Logging:LogLevel:Microsoft.AspNetCore"] = "Trace",
            ["Logging:LogLevel:Microsoft.AspNetCore.Hosting.Diagnostics"] = "Trace",
            ["Logging:LogLevel:Yarp"] = "Trace",
            ["Logging:LogLevel:Yarp.ReverseProxy.Forwarder.HttpForwarder"] = "Trace",
        });
    }

    [Fact]
    public async Task Cookie_IsTakenWhereTheRouteSaysSoAndTakenOut()
    {
        var token = _issuer.Token();
        Assert.Equal(200, await StatusAsync("GET", "/api/echo/1", $"Cookie: a=1; {Cookie}={token}; b=\"2; 3\"; {Cookie}x=4"));
        var arrived = Assert.Single(_backend.Received);
        Assert.Equal($"a=1; b=\"2; 3\"; {Cookie}x=4", arrived.Header("Cookie"));
        Assert.Equal("42", arrived.Header("X-Forwarded-User"));

        Assert.Equal(200, await StatusAsync("GET", "/api/echo/2", $"Cookie: {Cookie}={token}"));
        Assert.Null(_backend.Received.Last().Header("Cookie"));
        Assert.Equal(401, await StatusAsync("GET", "/api/profile", $"Cookie: {Cookie}={token}"));
        Assert.Equal(401, await StatusAsync("GET", "/api/echo/3", $"Cookie: {Cookie}=bad"));
        Assert.Equal(401, await StatusAsync("GET", "/api/echo/3", $"Cookie: {Cookie}="));
        Assert.Equal(401, await StatusAsync("GET", "/api/echo/3", $"Cookie: {Cookie.ToUpperInvariant()}={token}"));
        Assert.Equal(2, _backend.Received.Count);
    }

    [Fact]
    public async Task TwoTokens_AreABadRequest()
    {
        var token = _issuer.Token();
        foreach (var headers in new string[][]
        {
            [$"Authorization: Bearer {token}", $"Cookie: {Cookie}={token}"],
            [$"Authorization: Bearer bad", $"Cookie: {Cookie}=bad"],
            [$"Cookie: {Cookie}={token}; {Cookie}={token}"],
            [$"Cookie: {Cookie}={token}", $"Cookie: {Cookie}=bad"],
        })
        {
            var answer = await RawHttp.RequestAsync(_gateway.Address, "GET", "/api/echo/x", headers);
            Assert.Equal(400, RawHttp.Status(answer));
            Assert.Contains("error=\"invalid_request\"", answer, StringComparison.Ordinal);
            Assert.Contains("\"several_credentials\"", answer, StringComparison.Ordinal);
        }

        await ConnectAsync(400, $"/api/socket?access_token={token}", $"Authorization: Bearer {token}\r\n");
        await ConnectAsync(400, $"/api/socket?access_token={token}&access_token={token}");
        await ConnectAsync(400, $"/api/socket?access_token={token}", $"Cookie: {Cookie}={token}\r\nOrigin: {Own}\r\n");
        Assert.Empty(_backend.Received);
    }

    [Fact]
    public async Task HeaderOnARouteWithACookie_NeedsNoOriginAndOtherSchemesAreNoToken()
    {
        Assert.Equal(200, await StatusAsync("POST", "/api/echo/x", $"Authorization: Bearer {_issuer.Token()}", "Origin: https://evil.test"));
        Assert.Equal(200, await StatusAsync("GET", "/api/echo/x", "Authorization: Basic eDp5", $"Cookie: {Cookie}={_issuer.Token()}"));
    }

    [Theory]
    [InlineData(200, "Origin: {own}")]
    [InlineData(200, "Sec-Fetch-Site: same-origin")]
    [InlineData(200, "Origin: https://own-but-behind-tls.test", "Sec-Fetch-Site: same-origin")]
    [InlineData(200, "Origin: https://app.example.com")]
    [InlineData(200, "Origin: https://app.example.com", "Sec-Fetch-Site: cross-site")]
    [InlineData(403)]
    [InlineData(403, "Origin: null")]
    [InlineData(403, "Origin: https://evil.test")]
    [InlineData(403, "Origin: https://app.example.com.evil.test")]
    [InlineData(403, "Origin: {own}", "Sec-Fetch-Site: same-site")]
    [InlineData(403, "Origin: {own}", "Origin: https://evil.test")]
    [InlineData(403, "Sec-Fetch-Site: cross-site")]
    [InlineData(403, "Sec-Fetch-Site: same-site")]
    [InlineData(403, "Sec-Fetch-Site: none")]
    [InlineData(403, "Sec-Fetch-Site: same-origin", "Sec-Fetch-Site: same-origin")]
    public async Task UnsafeMethodWithTheCookie_MustBeFromTheOwnSite(int expected, params string[] headers)
    {
        foreach (var method in new[] { "POST", "PUT", "PATCH", "DELETE" })
            Assert.Equal(expected, await StatusAsync(method, "/api/echo/x", [$"Cookie: {Cookie}={_issuer.Token()}", .. headers.Select(h => h.Replace("{own}", Own, StringComparison.Ordinal))]));
        Assert.Equal(expected == 200 ? 4 : 0, _backend.Received.Count);
        foreach (var method in new[] { "GET", "HEAD", "OPTIONS" }) Assert.Equal(200, await StatusAsync(method, "/api/echo/x", [$"Cookie: {Cookie}={_issuer.Token()}", .. headers]));
    }

    [Fact]
    public async Task CrossSiteRequest_IsToldSo()
    {
        var answer = await RawHttp.RequestAsync(_gateway.Address, "POST", "/api/echo/x", $"Cookie: {Cookie}={_issuer.Token()}", "Origin: https://evil.test");
        ProblemAssert.Is(answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..], 403, "cross_site_request");
    }

    [Fact]
    public async Task HandshakeWithTheCookie_MustBeFromTheOwnSite()
    {
        await ConnectAsync(403, "/api/socket", $"Cookie: {Cookie}={_issuer.Token()}\r\n");
        await ConnectAsync(403, "/api/socket", $"Cookie: {Cookie}={_issuer.Token()}\r\nOrigin: https://evil.test\r\n");
        Assert.Empty(_backend.Received);
        await ConnectAsync(101, "/api/socket", $"Cookie: {Cookie}={_issuer.Token()}\r\nOrigin: {Own}\r\n");
        Assert.Null(Assert.Single(_backend.Received).Header("Cookie"));
    }

    [Theory]
    [InlineData("access_token={0}", "")]
    [InlineData("a=%2F+1&access_token={0}&b", "?a=%2F+1&b")]
    [InlineData("access%5Ftoken={0}&a", "?a")]
    [InlineData("a=1&&access_token={0}", "?a=1&")]
    public async Task ParameterOfAHandshake_IsTakenAndTakenOut(string query, string forwarded)
    {
        var token = _issuer.Token();
        await ConnectAsync(101, "/api/socket?" + query.Replace("{0}", token, StringComparison.Ordinal));
        Assert.Equal("/api/socket" + forwarded, Assert.Single(_backend.Received).Target);
    }

    [Fact]
    public async Task ParameterOfAnythingElse_IsNoTokenAndStillTakenOut()
    {
        var token = _issuer.Token();
        Assert.Equal(401, await StatusAsync("GET", $"/api/socket?access_token={token}"));
        Assert.Equal(401, await StatusAsync("GET", $"/api/socket?access_token={token}", "Upgrade: websocket")); // without Connection: Upgrade
        Assert.Equal(401, await StatusAsync("POST", $"/api/echo/x?access_token={token}"));
        await ConnectAsync(401, $"/api/profile?access_token={token}");
        await ConnectAsync(401, $"/api/socket?Access_Token={token}");
        Assert.Empty(_backend.Received);
        Assert.Equal(200, await StatusAsync("GET", $"/api/echo/x?access_token={token}&a=1", $"Authorization: Bearer {token}"));
        Assert.Equal("/api/echo/x?a=1", Assert.Single(_backend.Received).Target);
    }

    [Fact]
    public async Task TokenOfACookieOrParameter_IsInNoLogAndNoTrace()
    {
        var seen = new ConcurrentQueue<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => seen.Enqueue($"{activity.DisplayName} {string.Join(' ', activity.TagObjects)} {string.Join(' ', activity.Baggage)}"),
        };
        ActivitySource.AddActivityListener(listener);
        var token = _issuer.Token();
        await ConnectAsync(101, $"/api/socket?access_token={token}");
        await StatusAsync("GET", "/api/echo/x", $"Cookie: {Cookie}={token}");
        await Until.TrueAsync(() => _gateway.Logs.All.Any(l => l.Contains("route=echo", StringComparison.Ordinal)), "the access log");
        await Until.TrueAsync(() => !seen.IsEmpty, "a trace");
        foreach (var text in _gateway.Logs.All.Concat(seen)) Assert.DoesNotContain(token[^30..], text, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _backend.DisposeAsync();
        await _issuer.DisposeAsync();
    }

    private async Task<int> StatusAsync(string method, string target, params string[] headers) =>
        RawHttp.Status(await RawHttp.RequestAsync(_gateway.Address, method, target, [.. headers, .. method is "POST" or "PUT" or "PATCH" ? ["Content-Length: 0"] : Array.Empty<string>()]));

    private async Task ConnectAsync(int expected, string target, string headers = "")
    {
        var farewell = expected == 101 ? "" : RawHttp.Farewell(_gateway.Address);
        Assert.Equal(expected, RawHttp.Status(await RawHttp.SendAsync(
            _gateway.Address, $"GET {target} HTTP/1.1\r\nHost: {_gateway.Address.Authority}\r\n{Handshake}{headers}\r\n{farewell}")));
    }
}
