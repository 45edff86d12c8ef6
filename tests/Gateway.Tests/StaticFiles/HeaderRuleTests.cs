using Xunit;

namespace FrontDoor.Gateway.Tests.StaticFiles;

public sealed class HeaderRuleTests : IAsyncLifetime
{
    private const string Immutable = "public, max-age=31536000, immutable";

    private ServedFolder _site = null!;

    public async ValueTask InitializeAsync() => _site = await ServedFolder.StartAsync(
        folder =>
        {
            foreach (var name in new[] { "index.html", "app.js", "assets/app.3f9a8b2c.js", "assets/deep/b.png", "assets/page.html", "docs/data.geojson", "docs/x" }) folder.Write("site/" + name, "0123456789");
        },
        ("Headers:X-Site", "site"), ("Headers:X-Frame-Options", "DENY"),
        ("Rules:0:Files", "assets/**"), ("Rules:0:CacheControl", Immutable), ("Rules:0:Headers:X-Site", "assets"),
        ("Rules:1:Files", "*.html"), ("Rules:1:CacheControl", "no-store"),
        ("MediaTypes:.geojson", "application/geo+json"));

    [Theory]
    [InlineData("/", "no-store", "site")]
    [InlineData("/app.js", "no-cache", "site")]
    [InlineData("/assets/app.3f9a8b2c.js", Immutable, "assets")]
    [InlineData("/assets/deep/b.png", Immutable, "assets")]
    [InlineData("/assets/page.html", "no-store", "assets")]
    public async Task MatchingRules_ApplyAndTheLastWins(string path, string cacheControl, string header)
    {
        foreach (var fields in new[] { Array.Empty<string>(), ["Range: bytes=0-1"], ["If-None-Match: *"] })
        {
            var answer = await _site.GetAsync(path, fields);
            Assert.Equal((cacheControl, header, "DENY", "nosniff"), (answer["Cache-Control"], answer["X-Site"], answer["X-Frame-Options"], answer["X-Content-Type-Options"]));
        }
    }

    [Fact]
    public async Task Error_HasTheSitesHeadersAndIsNotCachedByTheRules()
    {
        foreach (var (method, path, status) in new[] { ("GET", "/assets/missing.js", 404), ("POST", "/app.js", 405) })
        {
            var answer = await _site.AskAsync(method, path);
            Assert.Equal((status, "no-store", "site", "DENY"), (answer.Status, answer["Cache-Control"], answer["X-Site"], answer["X-Frame-Options"]));
        }

        foreach (var (field, status) in new[] { ("If-Match: \"other\"", 412), ("Range: bytes=100-", 416) })
        {
            var answer = await _site.GetAsync("/app.js", field);
            Assert.Equal((status, "no-store", "site", "DENY"), (answer.Status, answer["Cache-Control"], answer["X-Site"], answer["X-Frame-Options"]));
        }
    }

    [Fact]
    public async Task RedirectAndListing_HaveTheSitesHeaders()
    {
        await using var site = await ServedFolder.StartAsync(f => f.Write("site/docs/a.txt", ""), ("Listing", "true"), ("Headers:X-Frame-Options", "DENY"));
        foreach (var (path, status) in new[] { ("/docs", 301), ("/docs/", 200) })
        {
            var answer = await site.GetAsync(path);
            Assert.Equal((status, "DENY"), (answer.Status, answer["X-Frame-Options"]));
        }
    }

    [Theory]
    [InlineData("/", "text/html; charset=utf-8")]
    [InlineData("/app.js", "text/javascript; charset=utf-8")]
    [InlineData("/assets/deep/b.png", "image/png")]
    [InlineData("/docs/data.geojson", "application/geo+json")]
    [InlineData("/docs/x", "application/octet-stream")]
    public async Task Type_FollowsFromTheName(string path, string type) => Assert.Equal(type, (await _site.GetAsync(path))["Content-Type"]);

    [Fact]
    public async Task Charset_CanBeOther()
    {
        foreach (var (charset, type) in new[] { ("", "text/plain"), ("iso-8859-1", "text/plain; charset=iso-8859-1") })
        {
            await using var site = await ServedFolder.StartAsync(f => f.Write("site/a.txt", "a"), ("Charset", charset));
            Assert.Equal(type, (await site.GetAsync("/a.txt"))["Content-Type"]);
        }
    }

    public ValueTask DisposeAsync() => _site.DisposeAsync();
}
