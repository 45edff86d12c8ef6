using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.StaticFiles;

/// <summary>
/// What is answered without the disk, and for how long. The file lies behind a link that leads out of the root: the watcher hears nothing of it, so the interval alone counts.
/// </summary>
public sealed class MemoryTests : IAsyncLifetime
{
    private readonly TestClock _clock = new();
    private ServedFolder _site = null!;

    public async ValueTask InitializeAsync() => _site = await ServedFolder.StartAsync(
        _clock,
        folder =>
        {
            Put(folder, "one", TimeSpan.FromDays(1));
            File.CreateSymbolicLink(folder.File("site/a.txt"), folder.File("elsewhere/a.txt"));
        },
        ("LinksOutOfRoot", "true"), ("Cache:CheckEvery", "00:00:01"), ("Cache:MaxFileBytes", "5"));

    [Fact]
    public async Task WithinTheInterval_TheDiskIsNotAsked()
    {
        var first = await _site.GetAsync("/a.txt");
        File.Delete(_site.Folder.File("elsewhere/a.txt"));
        _clock.Advance(TimeSpan.FromMilliseconds(999));
        foreach (var (fields, status, body) in new[] { (Array.Empty<string>(), 200, "one"), (["Range: bytes=0-1"], 206, "on"), ([$"If-None-Match: {first["ETag"]}"], 304, "") })
        {
            var again = await _site.GetAsync("/a.txt", fields);
            Assert.Equal((status, body, first["ETag"]), (again.Status, again.Body, again["ETag"]));
        }

        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(404, (await _site.GetAsync("/a.txt")).Status);
    }

    [Fact]
    public async Task Change_IsFoundByTheIntervalAlone()
    {
        Assert.Equal("one", (await _site.GetAsync("/a.txt")).Body);
        foreach (var (before, after, age) in new[] { ("one", "two", 20), ("two", "three", 10) })
        {
            Put(_site.Folder, after, TimeSpan.FromHours(age));
            Assert.Equal(before, (await _site.GetAsync("/a.txt")).Body);
            _clock.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(after, (await _site.GetAsync("/a.txt")).Body);
        }
    }

    [Fact]
    public async Task Comparison_BeginsTheIntervalAnew()
    {
        await _site.GetAsync("/a.txt");
        _clock.Advance(TimeSpan.FromSeconds(1));
        await _site.GetAsync("/a.txt");
        File.Delete(_site.Folder.File("elsewhere/a.txt"));
        Assert.Equal("one", (await _site.GetAsync("/a.txt")).Body);
    }

    [Fact]
    public async Task ChangeWithinOneTickAndOfEqualSize_IsFoundByTheIntervalAlone()
    {
        Put(_site.Folder, "one", TimeSpan.Zero);
        Assert.Equal("one", (await _site.GetAsync("/a.txt")).Body);
        var tick = File.GetLastWriteTimeUtc(_site.Folder.File("elsewhere/a.txt"));
        File.WriteAllText(_site.Folder.File("elsewhere/a.txt"), "two");
        File.SetLastWriteTimeUtc(_site.Folder.File("elsewhere/a.txt"), tick);
        Assert.Equal("one", (await _site.GetAsync("/a.txt")).Body);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("two", (await _site.GetAsync("/a.txt")).Body);
    }

    [Fact]
    public async Task FileThatIsNotInMemory_IsComparedEachTime()
    {
        Put(_site.Folder, "too long for the memory", TimeSpan.FromDays(1));
        Assert.Equal("too long for the memory", (await _site.GetAsync("/a.txt")).Body);
        Put(_site.Folder, "still too long", TimeSpan.FromHours(1));
        Assert.Equal("still too long", (await _site.GetAsync("/a.txt")).Body);
        Put(_site.Folder, "short", TimeSpan.FromMinutes(1));
        Assert.Equal("short", (await _site.GetAsync("/a.txt")).Body);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("5000")]
    public async Task MoreFilesThanTheMemoryHolds_AreAllServed(string maxBytes)
    {
        var names = Enumerable.Range(0, 20).Select(i => $"/{i}.txt").ToArray();
        await using var site = await ServedFolder.StartAsync(folder => Array.ForEach(names, name => folder.Write("site" + name, "text of " + name)), ("Cache:MaxBytes", maxBytes));
        foreach (var name in names.Concat(names)) Assert.Equal("text of " + name, (await site.GetAsync(name)).Body);
    }

    private void Put(TestFolder folder, string text, TimeSpan age)
    {
        File.SetLastWriteTimeUtc(folder.Write("elsewhere/new.txt", text), _clock.GetUtcNow().UtcDateTime - age);
        File.Move(folder.File("elsewhere/new.txt"), folder.File("elsewhere/a.txt"), overwrite: true);
    }

    public ValueTask DisposeAsync() => _site.DisposeAsync();
}
