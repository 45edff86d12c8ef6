using Xunit;

namespace FrontDoor.Gateway.Tests.StaticFiles;

public sealed class ErrorPageTests
{
    private const string Browser = "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

    [Theory]
    [InlineData("POST", "/a.txt", 405, null)]
    [InlineData("GET", "/a.txt", 412, "If-Match: \"other\"")]
    [InlineData("GET", "/a.txt", 416, "Range: bytes=100-")]
    public async Task EachErrorOfTheSite_HasItsPage(string method, string path, int status, string? field)
    {
        await using var site = await ServedFolder.StartAsync(
            f =>
            {
                f.Write("site/a.txt", "0123456789");
                f.Write("site/error.html", "<h1>sorry</h1>");
            },
            ("ErrorPages:405", "error.html"), ("ErrorPages:412", "/error.html"), ("ErrorPages:416", "error.html"));
        string[] fields = field is null ? [] : [field];
        var page = await site.AskAsync(method, path, [Browser, .. fields]);
        Assert.Equal((status, "<h1>sorry</h1>", "no-store"), (page.Status, page.Body, page["Cache-Control"]));
        Assert.Equal((status == 405 ? "GET, HEAD" : null, status == 416 ? "bytes */10" : null), (page["Allow"], page["Content-Range"]));
        foreach (var accept in new[] { "application/json", "*/*", "application/json, text/html;q=0.5" })
            Assert.Equal("application/problem+json", (await site.AskAsync(method, path, ["Accept: " + accept, .. fields]))["Content-Type"]);
    }

    [Fact]
    public async Task FileThatCannotBeRead_HasItsPage()
    {
        await using var site = await ServedFolder.StartAsync(
            f =>
            {
                f.Write("site/a.txt", "0123456789");
                f.Write("site/error.html", "<h1>sorry</h1>");
            },
            ("ErrorPages:503", "error.html"), ("Cache:CheckEvery", "00:00:00"));
        await using var writer = new FileStream(site.Folder.File("site/a.txt"), FileMode.Open, FileAccess.Write, FileShare.None);
        var page = await site.GetAsync("/a.txt", Browser);
        Assert.Equal((503, "<h1>sorry</h1>", "1"), (page.Status, page.Body, page["Retry-After"]));
    }

    [Fact]
    public async Task ErrorPage_IsForBrowsersAndKeepsTheStatus()
    {
        await using var site = await ServedFolder.StartAsync(
            f => f.Write("site/404.html", "<h1>lost</h1>"), ("ErrorPages:404", "404.html"), ("Headers:X-Frame-Options", "DENY"));
        var page = await site.GetAsync("/missing.js", "Accept: text/html", "If-None-Match: *", "Range: bytes=0-1");
        Assert.Equal((404, "<h1>lost</h1>", "text/html; charset=utf-8"), (page.Status, page.Body, page["Content-Type"]));
        Assert.Equal(("no-store", "DENY", null), (page["Cache-Control"], page["X-Frame-Options"], page["ETag"]));
        var head = await site.AskAsync("HEAD", "/missing.js", "Accept: text/html");
        Assert.Equal((404, "", 13), (head.Status, head.Body, head.Length));

        ProblemAssert.Is((await site.GetAsync("/missing.js", "Accept: */*")).Body, 404, "not_found");
        Assert.Equal(200, (await site.GetAsync("/404.html")).Status);
    }
}
