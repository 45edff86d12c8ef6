using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.StaticFiles;

/// <summary>Sites with a policy: asked for credentials before anything is looked for.</summary>
public sealed class GuardedSiteTests : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private FakeIssuer _issuer = null!;
    private TestServer _backend = null!;
    private GatewayApp _app = null!;

    public async ValueTask InitializeAsync()
    {
        _folder.Write("open/index.html", "open");
        _folder.Write("files/report.pdf", "report");
        _folder.Write("files/sub/index.html", "sub index");
        _folder.Write("admin/plans.txt", "plans");
        _folder.Write("admin/sign-in.html", "<h1>sign in</h1>");
        _folder.Write("admin/closed.html", "<h1>closed</h1>");
        _issuer = await FakeIssuer.StartAsync();
        _backend = await TestServer.StartAsync();
        _app = await GatewayApp.StartAsync(_issuer.Trust, _backend.Address, new Dictionary<string, string?>
        {
            ["StaticSites:web:Root"] = _folder.File("open"),
            ["StaticSites:files:Root"] = _folder.File("files"),
            ["StaticSites:files:PathPrefix"] = "/files",
            ["StaticSites:files:Policy"] = "Default",
            ["StaticSites:admin:Root"] = _folder.File("admin"),
            ["StaticSites:admin:PathPrefix"] = "/admin-files",
            ["StaticSites:admin:Policy"] = "admin",
            ["StaticSites:admin:ErrorPages:401"] = "sign-in.html",
            ["StaticSites:admin:ErrorPages:403"] = "/closed.html",
            ["StaticSites:admin:Headers:X-Frame-Options"] = "DENY",
            ["ReverseProxy:Routes:hidden:ClusterId"] = "sample",
            ["ReverseProxy:Routes:hidden:AuthorizationPolicy"] = "Anonymous",
            ["ReverseProxy:Routes:hidden:Match:Path"] = "/files/{**rest}",
        });
    }

    [Theory]
    [InlineData("GET", "/files/report.pdf")]
    [InlineData("GET", "/files/missing.pdf")]
    [InlineData("GET", "/files/")]
    [InlineData("GET", "/files")]
    [InlineData("GET", "/files/sub")]
    [InlineData("GET", "/FILES/report.pdf")]
    [InlineData("GET", "/%66iles/report.pdf")]
    [InlineData("HEAD", "/files/report.pdf")]
    [InlineData("POST", "/files/report.pdf")]
    [InlineData("OPTIONS", "/files/report.pdf")]
    public async Task WithoutToken_Is401WhateverIsThere(string method, string path)
    {
        var answer = await RawAnswer.OfAsync(_app.Address, method, path, "If-None-Match: *", "Range: bytes=0-1");
        Assert.Equal((401, "Bearer realm=\"api\""), (answer.Status, answer["WWW-Authenticate"]));
        Assert.Null(answer["ETag"]);
        Assert.DoesNotContain("report", answer.Body, StringComparison.Ordinal);
        Assert.Empty(_backend.Received);
    }

    [Fact]
    public async Task BadToken_Is401()
    {
        var answer = await RawAnswer.OfAsync(_app.Address, "GET", "/files/report.pdf", "Authorization: Bearer x.y.z");
        Assert.Equal(401, answer.Status);
    }

    [Theory]
    [InlineData("GET", "/files/report.pdf", 200, "report")]
    [InlineData("GET", "/FILES/report.pdf", 200, "report")]
    [InlineData("GET", "/files/sub/", 200, "sub index")]
    [InlineData("GET", "/files/sub", 301, "")]
    [InlineData("HEAD", "/files/report.pdf", 200, "")]
    public async Task WithToken_IsServedForThisClientAlone(string method, string path, int status, string body)
    {
        var answer = await AskAsync(method, path);
        Assert.Equal((status, body, "private, no-cache"), (answer.Status, answer.Body, answer["Cache-Control"]));
    }

    [Theory]
    [InlineData("GET", "/files/missing.pdf", 404, null)]
    [InlineData("POST", "/files/report.pdf", 405, "GET, HEAD")]
    [InlineData("DELETE", "/files/missing.pdf", 404, null)]
    public async Task WithToken_WhatIsNotThereOrNotAllowedEndsHere(string method, string path, int status, string? allow)
    {
        var answer = await AskAsync(method, path);
        Assert.Equal((status, allow, "no-store"), (answer.Status, answer["Allow"], answer["Cache-Control"]));
        Assert.Empty(_backend.Received);
    }

    [Fact]
    public async Task WithoutTheRole_Is403()
    {
        Assert.Equal(403, (await AskAsync("GET", "/admin-files/plans.txt")).Status);
        Assert.Equal(403, (await AskAsync("GET", "/admin-files/missing.txt")).Status);
    }

    [Fact]
    public async Task Refusal_IsAPageForBrowsersAndAProblemForOthers()
    {
        const string browser = "Accept: text/html,application/xhtml+xml,*/*;q=0.8";
        var noToken = await RawAnswer.OfAsync(_app.Address, "GET", "/admin-files/plans.txt", browser);
        Assert.Equal((401, "<h1>sign in</h1>", "Bearer realm=\"api\"", "no-store"), (noToken.Status, noToken.Body, noToken["WWW-Authenticate"], noToken["Cache-Control"]));
        var noRole = await AskAsync("GET", "/admin-files/missing.txt", browser);
        Assert.Equal((403, "<h1>closed</h1>", "DENY"), (noRole.Status, noRole.Body, noRole["X-Frame-Options"]));
        Assert.Contains("insufficient_scope", noRole["WWW-Authenticate"], StringComparison.Ordinal);
        var call = await RawAnswer.OfAsync(_app.Address, "GET", "/admin-files/plans.txt", "Accept: */*");
        Assert.Equal((401, "application/problem+json", "DENY"), (call.Status, call["Content-Type"], call["X-Frame-Options"]));
        ProblemAssert.Is((await RawAnswer.OfAsync(_app.Address, "GET", "/files/report.pdf", browser)).Body, 401, "not_authenticated");
    }

    [Fact]
    public async Task ConditionAndRange_WorkBehindThePolicy()
    {
        var whole = await AskAsync("GET", "/files/report.pdf");
        Assert.Equal(304, (await AskAsync("GET", "/files/report.pdf", $"If-None-Match: {whole["ETag"]}")).Status);
        Assert.Equal((206, "re"), ((await AskAsync("GET", "/files/report.pdf", "Range: bytes=0-1")).Status, (await AskAsync("GET", "/files/report.pdf", "Range: bytes=0-1")).Body));
    }

    private Task<RawAnswer> AskAsync(string method, string path, params string[] fields) =>
        RawAnswer.OfAsync(_app.Address, method, path, [$"Authorization: Bearer {_issuer.Token()}", .. fields]);

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _backend.DisposeAsync();
        await _issuer.DisposeAsync();
        _folder.Dispose();
    }
}
