using Xunit;

namespace FrontDoor.Gateway.Tests.StaticFiles;

/// <summary>What is looked for, in which order, and what answers when nothing is found.</summary>
public sealed class TryListTests
{
    [Fact]
    public async Task Entries_AreTriedInTheirOrder()
    {
        await using var site = await ServedFolder.StartAsync(
            folder =>
            {
                folder.Write("site/about.html", "about page");
                folder.Write("site/both", "both file");
                folder.Write("site/both.html", "both page");
                folder.Write("site/docs/index.html", "docs index");
                folder.Write("site/docs.html", "docs page");
                folder.Write("site/fallback.txt", "fallback");
            },
            ("Try:0", "$uri"), ("Try:1", "$uri.html"), ("Try:2", "$uri/"), ("Try:3", "/fallback.txt"), ("NeverFallBack:0", "/health"));
        foreach (var (path, body) in new[]
        {
            ("/about", "about page"), ("/about.html", "about page"), ("/both", "both file"), ("/docs", "docs page"), ("/docs/", "docs index"),
            ("/missing", "fallback"), ("/missing/", "fallback"), ("/missing.js", "fallback"), ("/", "fallback"),
        })
        {
            var answer = await site.GetAsync(path);
            Assert.Equal((path, 200, body), (path, answer.Status, answer.Body));
        }

        Assert.Equal(404, (await site.GetAsync("/health/x")).Status);
        Assert.Equal("text/html; charset=utf-8", (await site.GetAsync("/about"))["Content-Type"]);
        Assert.Equal(404, (await site.AskAsync("POST", "/missing")).Status);
        Assert.Equal((405, "GET, HEAD"), ((await site.AskAsync("POST", "/about")).Status, (await site.AskAsync("POST", "/about"))["Allow"]));
    }

    [Fact]
    public async Task Status_AnswersWhatIsNotFound()
    {
        await using var site = await ServedFolder.StartAsync(f => f.Write("site/a.txt", "a"), ("Try:0", "$uri"), ("Try:1", "=410"));
        Assert.Equal(200, (await site.GetAsync("/a.txt")).Status);
        var gone = await site.GetAsync("/b.txt");
        Assert.Equal(410, gone.Status);
        ProblemAssert.Is(gone.Body, 410, "gone");
    }

    [Theory]
    [InlineData("/docs", "/docs/")]
    [InlineData("/docs?a=1&b=//evil.test", "/docs/?a=1&b=//evil.test")]
    [InlineData("/%C3%A4", "/%C3%A4/")]
    [InlineData("/listed", null)]
    public async Task FolderWithoutSlash_IsRedirectedIfItHasAnIndex(string target, string? location)
    {
        await using var site = await ServedFolder.StartAsync(folder =>
        {
            folder.Write("site/docs/index.html", "");
            folder.Write("site/ä/index.html", "");
            folder.Write("site/listed/a.txt", "");
        });
        var answer = await site.GetAsync(target);
        Assert.Equal((location is null ? 404 : 301, location), (answer.Status, answer["Location"]));
    }

    [Fact]
    public async Task ControlCharacterInTheQuery_NeverReachesTheRedirect()
    {
        await using var site = await ServedFolder.StartAsync(f => f.Write("site/docs/index.html", ""));
        foreach (var character in new[] { "\u0001", "\u007f", "\u00e4", "%0d%0aSet-Cookie:%20a=b" })
        {
            var answer = await site.GetAsync($"/docs?x={character}");
            Assert.True(answer.Status is 301 or 400, $"{answer.Status} for {character}");
            Assert.Null(answer["Set-Cookie"]);
        }
    }

    [Fact]
    public async Task IndexFiles_AreTriedInTheirOrder()
    {
        await using var site = await ServedFolder.StartAsync(
            folder =>
            {
                folder.Write("site/index.html", "html");
                folder.Write("site/a/index.html", "html");
                folder.Write("site/a/default.htm", "htm");
            },
            ("IndexFiles:0", "default.htm"), ("IndexFiles:1", "index.html"));
        Assert.Equal(("html", "htm"), ((await site.GetAsync("/")).Body, (await site.GetAsync("/a/")).Body));
    }
}
