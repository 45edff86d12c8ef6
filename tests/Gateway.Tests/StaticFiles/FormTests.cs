using System.Diagnostics;
using FrontDoor.Gateway.StaticFiles;
using FrontDoor.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace FrontDoor.Gateway.Tests.StaticFiles;

/// <summary>Which form of a file is answered with, whether it lies beside it, in memory or on disk, or was made.</summary>
public sealed class FormTests
{
    private static readonly DateTime Noon = new(2026, 1, 1, 12, 0, 0, DateTimeKind.Utc);
    private static readonly string Text = string.Concat(Enumerable.Repeat("the same words again and again, ", 100));

    public static TheoryData<string> Settings() => ["Cache:MaxFileBytes=1048576", "Cache:MaxFileBytes=0", "Compress=true"];

    [Theory]
    [MemberData(nameof(Settings))]
    public async Task EachForm_HasATagOfItsOwnAndTheSameHeadAsItsBody(string setting)
    {
        await using var site = await StartAsync(setting);
        var tags = new HashSet<string>();
        foreach (var (accept, coding) in new[] { ("identity", null), ("br", "br"), ("gzip", "gzip") })
        {
            var whole = await site.GetAsync("/a.js", $"Accept-Encoding: {accept}");
            Assert.Equal((200, coding, "Accept-Encoding"), (whole.Status, whole["Content-Encoding"], whole["Vary"]));
            Assert.Equal(whole.Length, whole.Bytes.Length);
            Assert.StartsWith("\"", whole["ETag"], StringComparison.Ordinal);
            Assert.True(tags.Add(whole["ETag"]!), "two forms share a tag");

            var head = await site.AskAsync("HEAD", "/a.js", $"Accept-Encoding: {accept}");
            Assert.Equal((200, ""), (head.Status, head.Body));
            foreach (var field in new[] { "Content-Encoding", "Content-Length", "Content-Type", "ETag", "Last-Modified", "Vary", "Cache-Control", "Accept-Ranges" })
                Assert.Equal((field, whole[field]), (field, head[field]));
        }
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public async Task Range_IsOfTheOriginalAndVariesAsTheWholeDoes(string setting)
    {
        await using var site = await StartAsync(setting);
        var whole = await site.GetAsync("/a.js");
        foreach (var (method, body) in new[] { ("GET", Text[4..8]), ("HEAD", "") })
        {
            var part = await site.AskAsync(method, "/a.js", "Accept-Encoding: br, gzip", "Range: bytes=4-7");
            Assert.Equal((206, body, 4, $"bytes 4-7/{Text.Length}"), (part.Status, part.Body, part.Length, part["Content-Range"]));
            Assert.Equal((null, whole["ETag"], "Accept-Encoding"), (part["Content-Encoding"], part["ETag"], part["Vary"]));
        }

        var parts = await site.GetAsync("/a.js", "Accept-Encoding: br, gzip", "Range: bytes=0-1,-2");
        Assert.Equal((206, null, whole["ETag"], "Accept-Encoding"), (parts.Status, parts["Content-Encoding"], parts["ETag"], parts["Vary"]));
        // Who has a part of a compressed form has none of the original.
        var brotli = await site.GetAsync("/a.js", "Accept-Encoding: br");
        var resumed = await site.GetAsync("/a.js", "Accept-Encoding: br", "Range: bytes=4-", $"If-Range: {brotli["ETag"]}");
        Assert.Equal((200, Text), (resumed.Status, resumed.Body));
    }

    [Theory]
    [InlineData("gzip, zstd", "zstd")]
    [InlineData("gzip;q=0.8, zstd;q=0.9", "zstd")]
    [InlineData("br;q=0.1, gzip;q=0.5, zstd;q=0.9", "zstd")]
    [InlineData("br;q=0, gzip;q=0.9, zstd;q=0.8", "gzip")]
    [InlineData("zstd;q=0, *", "br")]
    [InlineData("br;q=0.001, identity;q=0.5", null)]
    public async Task Weights_DecideOnTheWire(string accept, string? coding)
    {
        await using var site = await StartAsync("Cache:MaxFileBytes=1048576");
        Assert.Equal(coding, (await site.GetAsync("/a.js", $"Accept-Encoding: {accept}"))["Content-Encoding"]);
    }

    [Theory]
    [InlineData(-TimeSpan.TicksPerMillisecond * 999, false)]
    [InlineData(-1, false)]
    [InlineData(0, true)]
    [InlineData(1, true)]
    public async Task TimeOfASidecar_CountsToTheTick(long later, bool isTaken)
    {
        await using var site = await ServedFolder.StartAsync(folder => Write(folder, "a.js", "original", Noon), ("Cache:CheckEvery", "00:00:00"));
        Write(site.Folder, "a.js.gz", "sidecar", Noon.AddTicks(later));
        Assert.Equal(isTaken ? "sidecar" : "original", (await site.GetAsync("/a.js", "Accept-Encoding: gzip")).Body);
    }

    [Theory]
    [InlineData("1048576")]
    [InlineData("0")]
    public async Task SidecarThatIsNoFile_IsIgnored(string maxFileBytes)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no pipes among files");
        await using var site = await ServedFolder.StartAsync(
            folder =>
            {
                Write(folder, "a.js", "original", Noon);
                Directory.CreateDirectory(folder.File("site/a.js.br"));
                using var mkfifo = Process.Start("mkfifo", folder.File("site/a.js.gz"));
                mkfifo.WaitForExit();
            },
            ("Cache:MaxFileBytes", maxFileBytes));
        var answer = await site.GetAsync("/a.js", "Accept-Encoding: br, gzip");
        Assert.Equal((200, "original", null), (answer.Status, answer.Body, answer["Content-Encoding"]));
    }

    [Fact]
    public async Task Compress_IsDoneOnceForAllRequests()
    {
        await using var site = await StartAsync("Compress=true");
        var forms = new List<Representation>();
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal("br", (await site.GetAsync("/a.js", "Accept-Encoding: br"))["Content-Encoding"]);
            var found = await site.App.Services.GetRequiredService<ConfiguredSites>().Now.All.Single().FindAsync("/a.js");
            forms.Add(Assert.IsType<Finding.Ready>(found).File.Encoded[0]);
        }

        Assert.Single(forms.Distinct());
    }

    private static Task<ServedFolder> StartAsync(string setting) => ServedFolder.StartAsync(
        folder =>
        {
            Write(folder, "a.js", Text, Noon);
            if (setting.StartsWith("Compress", StringComparison.Ordinal)) return;
            foreach (var extension in new[] { ".br", ".zst", ".gz" }) Write(folder, "a.js" + extension, "as " + extension, Noon);
        },
        (setting.Split('=')[0], setting.Split('=')[1]));

    private static void Write(TestFolder folder, string name, string text, DateTime modified) => File.SetLastWriteTimeUtc(folder.Write("site/" + name, text), modified);
}
