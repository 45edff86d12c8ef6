using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.StaticFiles;

/// <summary>Limits, other origins and cookies at a site with a policy, as at a route.</summary>
public sealed class GuardedSiteTrafficTests : IAsyncLifetime
{
    private const string Page = "https://app.test";

    private readonly TestFolder _folder = new();
    private FakeIssuer _issuer = null!;
    private TestServer _backend = null!;
    private GatewayApp? _app;

    public async ValueTask InitializeAsync()
    {
        _folder.Write("files/report.pdf", "report");
        _issuer = await FakeIssuer.StartAsync();
        _backend = await TestServer.StartAsync();
    }

    [Fact]
    public async Task LimitByAddress_CountsBeforeTheTokenIsAskedFor()
    {
        await StartAsync(("StaticSites:files:RateLimiterPolicy", "few"), ("RateLimits:few:Permits", "2"), ("RateLimits:few:Window", "01:00:00"));
        Assert.Equal(401, (await AskAsync("GET", "Authorization: Bearer guess")).Status);
        var second = await AskAsync("GET", Token());
        Assert.Equal((200, "report", "\"few\";r=0"), (second.Status, second.Body, second["RateLimit"]));
        var third = await AskAsync("GET", Token());
        Assert.Equal(429, third.Status);
        Assert.NotNull(third["Retry-After"]);
    }

    [Fact]
    public async Task LimitByUser_CountsEachUser()
    {
        await StartAsync(("StaticSites:files:RateLimiterPolicy", "each"), ("RateLimits:each:Permits", "1"), ("RateLimits:each:Window", "01:00:00"), ("RateLimits:each:By", "User"));
        Assert.Equal(200, (await AskAsync("GET", Token())).Status);
        Assert.Equal(429, (await AskAsync("GET", Token())).Status);
        Assert.Equal(200, (await AskAsync("GET", Token("43"))).Status);
    }

    [Fact]
    public async Task PagesOfNamedOrigins_MayReadFilesAndRefusals()
    {
        await StartAsync(("StaticSites:files:CorsPolicy", "pages"), ("Cors:pages:Origins:0", Page), ("Cors:pages:Headers:0", "Authorization"));
        var preflight = await AskAsync("OPTIONS", $"Origin: {Page}", "Access-Control-Request-Method: GET", "Access-Control-Request-Headers: authorization");
        Assert.Equal((204, Page), (preflight.Status, preflight["Access-Control-Allow-Origin"]));
        var file = await AskAsync("GET", $"Origin: {Page}", Token());
        Assert.Equal((200, "report", Page), (file.Status, file.Body, file["Access-Control-Allow-Origin"]));
        var refused = await AskAsync("GET", $"Origin: {Page}");
        Assert.Equal((401, Page), (refused.Status, refused["Access-Control-Allow-Origin"]));
        var other = await AskAsync("GET", "Origin: https://other.test", Token());
        Assert.Equal((200, null), (other.Status, other["Access-Control-Allow-Origin"]));
    }

    [Fact]
    public async Task Cookie_OpensWhereTheSiteSaysSo()
    {
        await StartAsync();
        var cookie = $"Cookie: a=1; __Host-access={_issuer.Token()}";
        Assert.Equal(401, (await AskAsync("GET", cookie)).Status);
        await _app!.DisposeAsync();
        await StartAsync(("Credentials:Sites:FILES:Cookie", "__Host-access"));
        Assert.Equal(200, (await AskAsync("GET", cookie)).Status);
        Assert.Equal(400, (await AskAsync("GET", cookie, Token())).Status);
        Assert.Equal(401, (await AskAsync("GET", "Cookie: __Host-access=bad")).Status);
        // It changes nothing, but whatever is not GET needs a sign of the own origin.
        Assert.Equal(403, (await AskAsync("POST", cookie)).Status);
        Assert.Equal(405, (await AskAsync("POST", cookie, "Sec-Fetch-Site: same-origin")).Status);
    }

    [Theory]
    [InlineData("StaticSites:files:RateLimiterPolicy", "fwe", "StaticSites:files:RateLimiterPolicy is fwe, which RateLimits does not have; did you mean few?")]
    [InlineData("StaticSites:files:CorsPolicy", "x", "StaticSites:files:CorsPolicy is x, which Cors does not have")]
    [InlineData("StaticSites:web:RateLimiterPolicy", "few", "StaticSites:web:RateLimiterPolicy is for a site with a Policy")]
    [InlineData("StaticSites:web:CorsPolicy", "pages", "StaticSites:web:CorsPolicy is for a site with a Policy")]
    [InlineData("Credentials:Sites:flies:Cookie", "c", "Credentials:Sites:flies is for a site that StaticSites does not have; did you mean files?")]
    [InlineData("Credentials:Sites:web:Cookie", "c", "Credentials:Sites:web is for a site that takes no token")]
    [InlineData("Credentials:Sites:files:Query", "q", "Credentials:Sites:files:Query is for WebSocket handshakes")]
    public async Task WhatCannotBeMeant_RefusesTheStart(string setting, string value, string fault)
    {
        var refusal = await Assert.ThrowsAnyAsync<Exception>(() => StartAsync((setting, value), ("RateLimits:few:Permits", "1"), ("Cors:pages:Origins:0", Page)));
        Assert.Contains(fault, refusal.Message, StringComparison.Ordinal);
    }

    private async Task StartAsync(params (string Name, string Value)[] settings)
    {
        var all = settings.ToDictionary(s => s.Name, s => (string?)s.Value);
        all["StaticSites:files:Root"] = _folder.File("files");
        all["StaticSites:files:PathPrefix"] = "/files";
        all["StaticSites:files:Policy"] = "Default";
        _app = await GatewayApp.StartAsync(_issuer.Trust, _backend.Address, all);
    }

    private string Token(string user = "42") => $"Authorization: Bearer {_issuer.Token(claims => claims["sub"] = user)}";

    private Task<RawAnswer> AskAsync(string method, params string[] fields) => RawAnswer.OfAsync(_app!.Address, method, "/files/report.pdf", fields);

    public async ValueTask DisposeAsync()
    {
        if (_app is not null) await _app.DisposeAsync();
        await _backend.DisposeAsync();
        await _issuer.DisposeAsync();
        _folder.Dispose();
    }
}
