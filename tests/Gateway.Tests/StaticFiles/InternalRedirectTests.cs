using FrontDoor.TestKit;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace FrontDoor.Gateway.Tests.StaticFiles;

/// <summary>Files that a back end hands over by X-Accel-Redirect.</summary>
public sealed class InternalRedirectTests : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private FakeIssuer _issuer = null!;
    private TestServer _backend = null!;
    private GatewayApp _app = null!;

    public async ValueTask InitializeAsync()
    {
        _folder.Write("secret.txt", "secret");
        _folder.Write("open/index.html", "open");
        _folder.Write("kept/a b.txt", "0123456789");
        _folder.Write("kept/sub/index.html", "index");
        foreach (var name in (string[])["100%.txt", "a%41.txt", "b#1.txt", "c?d.txt", "e;f.txt", "ä€.txt", "g+h.txt"]) _folder.Write("kept/" + name, name);
        _folder.Write("guarded/c.txt", "guarded");
        _issuer = await FakeIssuer.StartAsync();
        // Says what the query says: ?to=...&status=...
        _backend = await TestServer.StartAsync(async context =>
        {
            var query = context.Request.Query;
            if (query["status"].Count > 0) context.Response.StatusCode = int.Parse(query["status"].ToString(), System.Globalization.CultureInfo.InvariantCulture);
            if (query["to"].Count > 0) context.Response.Headers["X-Accel-Redirect"] = query["to"];
            if (query["echo"].Count > 0) context.Response.Headers["X-Accel-Redirect"] = context.Request.Headers["X-Accel-Redirect"];
            if (query["type"].Count > 0) context.Response.ContentType = query["type"];
            context.Response.Headers.ContentDisposition = "attachment";
            context.Response.Headers.ETag = "\"of the back end\"";
            context.Response.Headers["X-Debug"] = "internal";
            context.Response.Headers.SetCookie = "seen=1";
            await context.Response.WriteAsync("body of the back end");
        }, listen: kestrel => kestrel.ResponseHeaderEncodingSelector = _ => System.Text.Encoding.Latin1);
        _app = await GatewayApp.StartAsync(_issuer.Trust, _backend.Address, new Dictionary<string, string?>
        {
            ["StaticSites:web:Root"] = _folder.File("open"),
            ["StaticSites:kept:Root"] = _folder.File("kept"),
            ["StaticSites:kept:PathPrefix"] = "/kept",
            ["StaticSites:kept:Internal"] = "true",
            ["StaticSites:guarded:Root"] = _folder.File("guarded"),
            ["StaticSites:guarded:PathPrefix"] = "/guarded",
            ["StaticSites:guarded:Policy"] = "Default",
            ["ReverseProxy:Routes:download:ClusterId"] = "sample",
            ["ReverseProxy:Routes:download:AuthorizationPolicy"] = "Anonymous",
            ["ReverseProxy:Routes:download:Match:Path"] = "/download",
            ["ReverseProxy:Routes:download:Metadata:InternalRedirect"] = "true",
        });
    }

    [Fact]
    public async Task AllowedRoute_SendsTheFileInPlaceOfTheBody()
    {
        var answer = await AskAsync("GET", "/download?to=/kept/a%2520b.txt");
        Assert.Equal((200, "0123456789", "10"), (answer.Status, answer.Body, answer["Content-Length"]));
        Assert.Equal(("text/plain; charset=utf-8", "attachment", "seen=1"), (answer["Content-Type"], answer["Content-Disposition"], answer["Set-Cookie"]));
        Assert.Equal((null, null, "private, no-cache"), (answer["X-Accel-Redirect"], answer["X-Debug"], answer["Cache-Control"]));
        Assert.NotEqual("\"of the back end\"", answer["ETag"]);
    }

    [Fact]
    public async Task TypeOfTheBackEnd_Stays() => Assert.Equal("application/x-report", (await AskAsync("GET", "/download?to=/kept/a%2520b.txt&type=application/x-report"))["Content-Type"]);

    [Fact]
    public async Task RangesAndConditions_AreOfTheFile()
    {
        var part = await AskAsync("GET", "/download?to=/kept/a%2520b.txt", "Range: bytes=2-3");
        Assert.Equal((206, "23", "bytes 2-3/10"), (part.Status, part.Body, part["Content-Range"]));
        Assert.Equal(304, (await AskAsync("GET", "/download?to=/kept/a%2520b.txt", $"If-None-Match: {part["ETag"]}")).Status);
        var head = await AskAsync("HEAD", "/download?to=/kept/a%2520b.txt");
        Assert.Equal((200, 10, ""), (head.Status, head.Length, head.Body));
        Assert.Equal((200, "0123456789"), ((await AskAsync("POST", "/download?to=/kept/a%2520b.txt")).Status, (await AskAsync("POST", "/download?to=/kept/a%2520b.txt", "Range: bytes=0-1")).Body));
    }

    [Theory]
    [InlineData("/kept/100%25.txt", "100%.txt")]
    [InlineData("/kept/100%.txt", "100%.txt")]
    [InlineData("/kept/a%2541.txt", "a%41.txt")]
    [InlineData("/kept/b%231.txt", "b#1.txt")]
    [InlineData("/kept/b#1.txt", "b#1.txt")]
    [InlineData("/kept/c%3Fd.txt", "c?d.txt")]
    [InlineData("/kept/e%3Bf.txt", "e;f.txt")]
    [InlineData("/kept/e;f.txt", "e;f.txt")]
    [InlineData("/kept/%C3%A4%E2%82%AC.txt", "ä€.txt")]
    [InlineData("/kept/ä€.txt", "ä€.txt")]
    [InlineData("/kept/g+h.txt?download=1&x=/../y", "g+h.txt")]
    [InlineData("/kept/a b.txt", "0123456789")]
    public async Task NameOfAnyFile_CanBeSaid(string target, string body)
    {
        // Raw bytes, as most frameworks write them.
        var answer = await AskAsync("GET", "/download?to=" + Uri.EscapeDataString(System.Text.Encoding.Latin1.GetString(System.Text.Encoding.UTF8.GetBytes(target))));
        Assert.Equal((200, body), (answer.Status, System.Text.Encoding.UTF8.GetString(answer.Bytes)));
    }

    [Theory]
    [InlineData("/kept/missing.txt", 404)]
    [InlineData("/kept/sub", 404)]
    [InlineData("/kept/sub/", 200)]
    [InlineData("/kept/../secret.txt", 502)]
    [InlineData("/kept/%2e%2e/secret.txt", 502)]
    [InlineData("/kept/..%2fsecret.txt", 502)]
    [InlineData("/kept/%252e%252e/secret.txt", 404)]
    [InlineData("/kept/..%5csecret.txt", 502)]
    [InlineData("/kept/..\\secret.txt", 502)]
    [InlineData("/kept/a%00b.txt", 502)]
    [InlineData("/kept/a%0d%0ab.txt", 502)]
    [InlineData("/kept/%ff.txt", 502)]
    [InlineData("/kept/..?/a.txt", 502)]
    [InlineData("/kept//a.txt", 502)]
    [InlineData("http://evil.test/kept/a.txt", 502)]
    [InlineData("/index.html", 502)]
    [InlineData("/guarded/c.txt", 502)]
    [InlineData("/api/echo/x", 502)]
    [InlineData("kept/a.txt", 502)]
    public async Task OtherTargets_Are(string target, int status)
    {
        var answer = await AskAsync("GET", "/download?to=" + Uri.EscapeDataString(target));
        Assert.Equal(status, answer.Status);
        Assert.DoesNotContain("secret", answer.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("body of the back end", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RouteWithoutTheSetting_OnlyLosesTheField()
    {
        var answer = await AskAsync("GET", "/api/public/echo/x?to=/kept/a%2520b.txt");
        Assert.Equal((200, null), (answer.Status, answer["X-Accel-Redirect"]));
        Assert.Contains("body of the back end", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FailedAnswer_StaysTheBackEnds()
    {
        var answer = await AskAsync("GET", "/download?to=/kept/a%2520b.txt&status=403");
        Assert.Equal((403, null), (answer.Status, answer["X-Accel-Redirect"]));
        Assert.Contains("body of the back end", answer.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/download")]
    [InlineData("/download?echo=1")]
    [InlineData("/api/public/echo/x?echo=1")]
    public async Task FieldOfAClient_NeverMatters(string path) =>
        Assert.Contains("body of the back end", (await AskAsync("GET", path, "X-Accel-Redirect: /kept/a%20b.txt")).Body, StringComparison.Ordinal);

    [Fact]
    public async Task InternalSite_IsNotThereForClients() => Assert.Equal(404, (await AskAsync("GET", "/kept/a%20b.txt")).Status);

    private Task<RawAnswer> AskAsync(string method, string target, params string[] fields) => RawAnswer.OfAsync(_app.Address, method, target, fields);

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _backend.DisposeAsync();
        await _issuer.DisposeAsync();
        _folder.Dispose();
    }
}
