using System.Net;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.StaticFiles;

public sealed class StaticSiteTests(StaticSite site) : IClassFixture<StaticSite>
{
    [Theory]
    [InlineData("/", "text/html", "<title>start</title>")]
    [InlineData("/index.html", "text/html", "<title>start</title>")]
    [InlineData("/docs/", "text/html", "<title>docs</title>")]
    [InlineData("/app.js", "text/javascript", "let a = 1;")]
    [InlineData("/app.js?v=2", "text/javascript", "let a = 1;")]
    [InlineData("/module.mjs", "text/javascript", "export {};")]
    [InlineData("/app.js.map", "text/plain", "{}")]
    [InlineData("/style.css", "text/css", "a {}")]
    [InlineData("/icon.svg", "image/svg+xml", "<svg/>")]
    [InlineData("/data.json", "application/json", "{}")]
    [InlineData("/font.woff2", "font/woff2", "font")]
    [InlineData("/blob.xyz", "application/octet-stream", "0123456789")]
    [InlineData("/noextension", "application/octet-stream", "plain")]
    [InlineData("/.well-known/security.txt", "text/plain", "Contact: mailto:a@b.test")]
    public async Task File_IsServedWithItsTypeAndTheHeaders(string path, string type, string text)
    {
        using var answer = await site.SendAsync(path);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(type, answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal(text, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        Assert.StartsWith("default-src 'self'", Assert.Single(answer.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        Assert.Equal("no-referrer", Assert.Single(answer.Headers.GetValues("Referrer-Policy")));
        Assert.Equal("no-cache", answer.Headers.CacheControl?.ToString());
        Assert.NotNull(answer.Headers.ETag);
        Assert.NotNull(answer.Content.Headers.LastModified);
        Assert.False(answer.Headers.Contains("Server"));
    }

    [Fact]
    public async Task FolderWithoutSlash_RedirectsWithinTheSite()
    {
        using var answer = await site.SendAsync("/docs");
        Assert.Equal(HttpStatusCode.MovedPermanently, answer.StatusCode);
        var location = answer.Headers.Location!;
        Assert.Equal("/docs/", location.IsAbsoluteUri ? location.AbsolutePath : location.OriginalString);
        if (location.IsAbsoluteUri) Assert.Equal(site.App.Address.Authority, location.Authority);
    }

    [Fact]
    public async Task KnownETag_Is304()
    {
        using var first = await site.SendAsync("/app.js");
        var etag = first.Headers.ETag!.ToString();
        using var same = await site.SendAsync("/app.js", null, ("If-None-Match", etag));
        using var any = await site.SendAsync("/app.js", null, ("If-None-Match", $"\"other\", {etag}"));
        using var other = await site.SendAsync("/app.js", null, ("If-None-Match", "\"other\""));
        using var since = await site.SendAsync("/app.js", null, ("If-Modified-Since", first.Content.Headers.LastModified!.Value.ToString("R")));
        Assert.Equal(
            (HttpStatusCode.NotModified, HttpStatusCode.NotModified, HttpStatusCode.OK, HttpStatusCode.NotModified),
            (same.StatusCode, any.StatusCode, other.StatusCode, since.StatusCode));
        Assert.Empty(await same.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.Equal(etag, same.Headers.ETag?.ToString());
    }

    [Theory]
    [InlineData("bytes=0-3", "0123", "bytes 0-3/10")]
    [InlineData("bytes=8-", "89", "bytes 8-9/10")]
    [InlineData("bytes=-2", "89", "bytes 8-9/10")]
    [InlineData("bytes=5-999", "56789", "bytes 5-9/10")]
    public async Task Range_Is206(string range, string part, string contentRange)
    {
        using var answer = await site.SendAsync("/blob.xyz", null, ("Range", range));
        Assert.Equal(HttpStatusCode.PartialContent, answer.StatusCode);
        Assert.Equal(part, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(contentRange, answer.Content.Headers.ContentRange?.ToString());
    }

    [Fact]
    public async Task RangeBeyondTheEnd_Is416()
    {
        using var answer = await site.SendAsync("/blob.xyz", null, ("Range", "bytes=10-"));
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, answer.StatusCode);
        Assert.Equal("bytes */10", answer.Content.Headers.ContentRange?.ToString());
    }

    [Theory]
    [InlineData("bytes=a-b")]
    [InlineData("bytes=3-1")]
    public async Task RangeThatIsNone_IsTheWholeFile(string range)
    {
        using var answer = await site.SendAsync("/blob.xyz", null, ("Range", range));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("0123456789", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Head_HasLengthAndNoBody()
    {
        var answer = await RawAnswer.OfAsync(site.App.Address, "HEAD", "/blob.xyz");
        Assert.Equal((200, 10, ""), (answer.Status, answer.Length, answer.Body));
    }

    [Theory]
    [InlineData("/.env")]
    [InlineData("/.git/config")]
    [InlineData("/.git/objects/data.txt")]
    [InlineData("/.git/")]
    [InlineData("/.git")]
    [InlineData("/docs/.hidden/page.html")]
    [InlineData("/.well-known/.secret/x.txt")]
    [InlineData("/missing.js")]
    [InlineData("/secret.txt")]
    [InlineData("/APP.JS.bak")]
    public async Task HiddenOrMissingFile_Is404(string path)
    {
        foreach (var accept in new[] { "*/*", "text/html" })
        {
            using var answer = await site.SendAsync(path, null, ("Accept", accept));
            await ProblemAssert.IsAsync(answer, HttpStatusCode.NotFound, "not_found");
        }
    }

    [Theory]
    [InlineData("/app.js/")]
    [InlineData("/blob.xyz/")]
    public async Task SlashAfterAFile_IsNotTheFile(string path)
    {
        using var answer = await site.SendAsync(path);
        await ProblemAssert.IsAsync(answer, HttpStatusCode.NotFound, "not_found");
    }

    [Theory]
    [InlineData("/../secret.txt")]
    [InlineData("/docs/../../secret.txt")]
    [InlineData("/%2e%2e/secret.txt")]
    [InlineData("/..%2fsecret.txt")]
    [InlineData("/..%5csecret.txt")]
    [InlineData("/..\\secret.txt")]
    [InlineData("/docs/..;/..;/secret.txt")]
    [InlineData("//secret.txt")]
    [InlineData("/%2fetc/passwd")]
    [InlineData("/index.html%00.txt")]
    [InlineData("/.%2fgit/config")]
    public async Task Traversal_IsRefused(string target)
    {
        var answer = await RawHttp.RequestAsync(site.App.Address, "GET", target);
        Assert.Equal(400, RawHttp.Status(answer));
        Assert.DoesNotContain(StaticSite.Secret, answer, StringComparison.Ordinal);
    }
}
