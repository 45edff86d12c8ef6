using System.IO.Compression;
using System.Text;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.StaticFiles;

/// <summary>Precompressed files beside the originals, in memory and on disk.</summary>
public sealed class SidecarTests
{
    private static readonly DateTime Noon = new(2026, 1, 1, 12, 0, 0, DateTimeKind.Utc);

    public static TheoryData<string> Places() => ["1000", "0"];

    [Theory]
    [MemberData(nameof(Places))]
    public async Task EachForm_HasItsCodingTypeAndTag(string maxFileBytes)
    {
        await using var site = await ServedFolder.StartAsync(WriteAll, ("Cache:MaxFileBytes", maxFileBytes));
        var tags = new HashSet<string>();
        foreach (var (accept, coding, body) in new[] { (null, null, "original"), ("br", "br", "as brotli"), ("zstd", "zstd", "as zstd"), ("gzip", "gzip", "as gzip") })
        {
            var answer = await site.GetAsync("/a.js", accept is null ? [] : [$"Accept-Encoding: {accept}"]);
            Assert.Equal((200, coding, body), (answer.Status, answer["Content-Encoding"], answer.Body));
            Assert.Equal(("text/javascript; charset=utf-8", "Accept-Encoding"), (answer["Content-Type"], answer["Vary"]));
            Assert.Equal(body.Length, answer.Length);
            Assert.True(tags.Add(answer["ETag"]!), "two forms share a tag");
            Assert.StartsWith("\"", answer["ETag"], StringComparison.Ordinal);

            var again = await site.GetAsync("/a.js", [$"If-None-Match: {answer["ETag"]}", .. accept is null ? Array.Empty<string>() : [$"Accept-Encoding: {accept}"]]);
            Assert.Equal((304, answer["ETag"], "Accept-Encoding"), (again.Status, again["ETag"], again["Vary"]));
        }
    }

    [Fact]
    public async Task Range_IsOfTheOriginal()
    {
        await using var site = await ServedFolder.StartAsync(WriteAll);
        var answer = await site.GetAsync("/a.js", "Accept-Encoding: br", "Range: bytes=0-3");
        Assert.Equal((206, null, "orig", "bytes 0-3/8"), (answer.Status, answer["Content-Encoding"], answer.Body, answer["Content-Range"]));
        var whole = await site.GetAsync("/a.js", "Accept-Encoding: br");
        Assert.Null(whole["Accept-Ranges"]);
        var resumed = await site.GetAsync("/a.js", "Accept-Encoding: br", "Range: bytes=4-", $"If-Range: {whole["ETag"]}");
        Assert.Equal((200, "original"), (resumed.Status, resumed.Body));
    }

    [Fact]
    public async Task SidecarOlderThanItsOriginal_IsIgnored()
    {
        await using var site = await ServedFolder.StartAsync(folder =>
        {
            WriteAll(folder);
            File.SetLastWriteTimeUtc(folder.File("site/a.js"), Noon.AddSeconds(1));
            File.SetLastWriteTimeUtc(folder.File("site/a.js.gz"), Noon.AddSeconds(2));
        });
        Assert.Equal("as gzip", (await site.GetAsync("/a.js", "Accept-Encoding: br, zstd, gzip")).Body);
    }

    [Fact]
    public async Task SidecarOlderThanItsOriginal_IsInTheLogOnce()
    {
        await using var site = await ServedFolder.StartAsync(
            folder =>
            {
                WriteAll(folder);
                File.SetLastWriteTimeUtc(folder.File("site/a.js.gz"), Noon.AddSeconds(-1));
            },
            ("Cache:CheckEvery", "00:00:00"), (":Logging:LogLevel:Default", "Debug"));
        for (var i = 0; i < 3; i++) Assert.Equal("original", (await site.GetAsync("/a.js", "Accept-Encoding: gzip")).Body);
        Assert.Single(site.App.Logs.All, line => line.Contains("a.js.gz is older than its original", StringComparison.Ordinal));
    }

    [Fact]
    public async Task SidecarWithoutOriginal_IsAFileOfItsOwnOnly()
    {
        await using var site = await ServedFolder.StartAsync(folder =>
        {
            WriteAll(folder);
            File.Delete(folder.File("site/a.js"));
        });
        Assert.Equal(404, (await site.GetAsync("/a.js", "Accept-Encoding: gzip")).Status);
        var asFile = await site.GetAsync("/a.js.gz");
        Assert.Equal((200, "as gzip", null), (asFile.Status, asFile.Body, asFile["Content-Encoding"]));
    }

    [Fact]
    public async Task SidecarThatLeadsOut_IsIgnored()
    {
        await using var site = await ServedFolder.StartAsync(folder =>
        {
            folder.Write("site/a.js", "original");
            File.SetLastWriteTimeUtc(folder.File("site/a.js"), Noon);
            File.CreateSymbolicLink(folder.File("site/a.js.gz"), folder.Write("secret.gz", "secret"));
        });
        Assert.Equal("original", (await site.GetAsync("/a.js", "Accept-Encoding: gzip")).Body);
    }

    [Fact]
    public async Task Compress_MakesFormsOfTextOnce()
    {
        var text = string.Concat(Enumerable.Repeat("the same words again and again, ", 100));
        await using var site = await ServedFolder.StartAsync(
            folder =>
            {
                folder.Write("site/a.css", text);
                folder.Write("site/small.css", "a {}");
                folder.Write("site/a.png", text);
            },
            ("Compress", "true"));
        var zipped = await site.GetAsync("/a.css", "Accept-Encoding: gzip");
        Assert.Equal(("gzip", "Accept-Encoding", text), (zipped["Content-Encoding"], zipped["Vary"], Unzip(new GZipStream(new MemoryStream(zipped.Bytes), CompressionMode.Decompress))));
        Assert.True(zipped.Length < text.Length / 10);
        Assert.Equal(zipped["ETag"], (await site.GetAsync("/a.css", "Accept-Encoding: gzip"))["ETag"]);
        var brotli = await site.GetAsync("/a.css", "Accept-Encoding: br, gzip");
        Assert.Equal(("br", text), (brotli["Content-Encoding"], Unzip(new BrotliStream(new MemoryStream(brotli.Bytes), CompressionMode.Decompress))));
        Assert.Equal(text, (await site.GetAsync("/a.css")).Body);
        foreach (var path in new[] { "/small.css", "/a.png" })
        {
            var plain = await site.GetAsync(path, "Accept-Encoding: gzip");
            Assert.Equal((null, null), (plain["Content-Encoding"], plain["Vary"]));
        }
    }

    [Theory]
    [InlineData("0")]
    [InlineData("5000")]
    public async Task Compress_LeavesAloneWhatIsNotKept(string maxBytes)
    {
        var text = string.Concat(Enumerable.Repeat("the same words again and again, ", 100));
        await using var site = await ServedFolder.StartAsync(f => f.Write("site/a.css", text), ("Compress", "true"), ("Cache:MaxBytes", maxBytes));
        var answer = await site.GetAsync("/a.css", "Accept-Encoding: gzip");
        Assert.Equal((null, text), (answer["Content-Encoding"], answer.Body));
    }

    [Fact]
    public async Task SidecarReplacedByOneOfEqualTimeAndSize_IsSeenThroughTheWatcher()
    {
        await using var site = await ServedFolder.StartAsync(WriteAll, ("Cache:CheckEvery", "00:01:00"));
        Assert.Equal("as gzip", (await site.GetAsync("/a.js", "Accept-Encoding: gzip")).Body);
        File.SetLastWriteTimeUtc(site.Folder.Write("a.new", "as pizg"), Noon);
        File.Move(site.Folder.File("a.new"), site.Folder.File("site/a.js.gz"), overwrite: true);
        await Until.TrueAsync(async () => (await site.GetAsync("/a.js", "Accept-Encoding: gzip")).Body == "as pizg", "the new sidecar is served");
    }

    private static string Unzip(Stream stream)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    private static void WriteAll(TestFolder folder)
    {
        foreach (var (name, content) in new[] { ("a.js", "original"), ("a.js.br", "as brotli"), ("a.js.zst", "as zstd"), ("a.js.gz", "as gzip") })
            File.SetLastWriteTimeUtc(folder.Write("site/" + name, content), Noon);
    }
}
