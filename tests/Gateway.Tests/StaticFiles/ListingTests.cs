using System.Text;
using System.Text.Json;
using Xunit;

namespace FrontDoor.Gateway.Tests.StaticFiles;

public sealed class ListingTests : IAsyncLifetime
{
    private ServedFolder _site = null!;

    public async ValueTask InitializeAsync() => _site = await ServedFolder.StartAsync(
        folder =>
        {
            folder.Write("secret.txt", "secret");
            folder.Write("site/files/b.txt", "12345");
            folder.Write("site/files/a <b>&\"ä.txt", "");
            folder.Write("site/files/javascript:alert(1)", "");
            folder.Write("site/files/sub/x.txt", "");
            folder.Write("site/files/.hidden", "");
            folder.Write("site/indexed/index.html", "index");
            File.CreateSymbolicLink(folder.File("site/files/out.txt"), folder.File("secret.txt"));
        },
        ("Listing", "true"));

    [Fact]
    public async Task Html_ListsWhatCouldBeAskedFor()
    {
        var answer = await _site.GetAsync("/files/");
        Assert.Equal((200, "text/html; charset=utf-8", "Accept"), (answer.Status, answer["Content-Type"], answer["Vary"]));
        var html = Encoding.UTF8.GetString(answer.Bytes);
        Assert.Contains("<a href=\"./a%20%3Cb%3E%26%22%C3%A4.txt\">a &lt;b&gt;&amp;&quot;&#xE4;.txt</a>", html, StringComparison.Ordinal);
        Assert.Contains("<a href=\"./sub/\">sub/</a>", html, StringComparison.Ordinal);
        Assert.Contains("href=\"./javascript%3Aalert%281%29\"", html, StringComparison.Ordinal);
        Assert.Contains("<a href=\"../\">", html, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", html, StringComparison.Ordinal);
        Assert.DoesNotContain("out.txt", html, StringComparison.Ordinal);
        Assert.Equal("default-src 'none'", answer["Content-Security-Policy"]);
    }

    [Fact]
    public async Task Json_ForWhoeverPrefersIt()
    {
        var answer = await _site.GetAsync("/files/", "Accept: application/json, text/html;q=0.5");
        Assert.Equal("application/json", answer["Content-Type"]);
        var entries = JsonDocument.Parse(answer.Bytes).RootElement.EnumerateArray().Select(e => (e.GetProperty("type").GetString(), e.GetProperty("name").GetString())).ToArray();
        Assert.Equal([("directory", "sub"), ("file", "a <b>&\"ä.txt"), ("file", "b.txt"), ("file", "javascript:alert(1)")], entries);
        Assert.Equal(5, JsonDocument.Parse(answer.Bytes).RootElement[2].GetProperty("size").GetInt64());
    }

    [Theory]
    [InlineData("/files", 301)]
    [InlineData("/missing/", 404)]
    public async Task OtherFolders_Are(string path, int status) => Assert.Equal(status, (await _site.GetAsync(path)).Status);

    [Fact]
    public async Task IndexFile_GoesFirst() => Assert.Equal("index", (await _site.GetAsync("/indexed/")).Body);

    [Fact]
    public async Task Head_HasNoBody()
    {
        var answer = await _site.AskAsync("HEAD", "/files/");
        Assert.Equal((200, ""), (answer.Status, answer.Body));
    }

    [Fact]
    public async Task WithoutTheSetting_NothingIsListed()
    {
        await using var site = await ServedFolder.StartAsync(f => f.Write("site/files/a.txt", ""));
        Assert.Equal((404, 404), ((await site.GetAsync("/files/")).Status, (await site.GetAsync("/files")).Status));
    }

    [Fact]
    public async Task EveryLink_LeadsSomewhere()
    {
        string[] odd = ["a;b.txt", ";c", "a:b", "a b+c&d=e@f!$'()*,~.txt", "ä€😀.txt", "..d", "e..;", "f.", "g%41.txt", "h#1", "i?2", "j\\k", "l\u0001m", "n\"o<p>", "q|r^s`t{u}"];
        await using var site = await ServedFolder.StartAsync(
            folder =>
            {
                foreach (var name in odd)
                {
                    folder.Write("site/" + name, "");
                    folder.Write($"site/folders/{name}/x", "");
                }
            },
            ("Listing", "true"), ("Dotfiles", "true"));
        foreach (var (folder, atLeast) in new[] { ("/", 10), ("/folders/", 9) })
        {
            var links = System.Text.RegularExpressions.Regex.Matches((await site.GetAsync(folder)).Body, "href=\"\\./([^\"]*)\"").Select(m => System.Net.WebUtility.HtmlDecode(m.Groups[1].Value)).ToArray();
            Assert.True(links.Length >= atLeast, string.Join(' ', links));
            foreach (var link in links)
            {
                var answer = await site.GetAsync(folder + link);
                Assert.Equal((link, 200), (link, answer.Status));
            }

            var names = JsonDocument.Parse((await site.GetAsync(folder, "Accept: application/json")).Bytes).RootElement.EnumerateArray().Select(e => e.GetProperty("name").GetString()).ToArray();
            Assert.Equal(links.Length, names.Length);
            Assert.Contains("a;b.txt", names);
        }
    }

    public ValueTask DisposeAsync() => _site.DisposeAsync();
}
