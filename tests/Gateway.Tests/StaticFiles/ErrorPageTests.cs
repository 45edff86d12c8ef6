using Xunit;

namespace FrontDoor.Gateway.Tests.StaticFiles;

public sealed class ErrorPageTests
{
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
