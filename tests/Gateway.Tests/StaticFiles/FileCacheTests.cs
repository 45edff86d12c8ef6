using FrontDoor.Gateway.StaticFiles;
using FrontDoor.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace FrontDoor.Gateway.Tests.StaticFiles;

public sealed class FileCacheTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly TestClock _clock = new();
    private readonly ChangeWatch _changes;

    public FileCacheTests() => _changes = new ChangeWatch(_folder.FullPath, NullLogger.Instance);

    [Fact]
    public void ManyFiles_StayWithinTheBound()
    {
        using var cache = new FileCache(new FileCacheOptions { MaxBytes = 100_000 }, _changes, _clock);
        var files = Enumerable.Range(0, 1000).Select(i => (Path: $"/{i}", File: FileOf(new byte[1000]))).ToArray();
        foreach (var (path, file) in files) cache.Add(path, file);
        Assert.InRange(files.Where(f => cache.Find(f.Path) is not null).Sum(f => f.File.Bytes), 1, 100_000);
    }

    [Fact]
    public void FileLargerThanTheBound_IsNotKept()
    {
        using var cache = new FileCache(new FileCacheOptions { MaxBytes = 1000 }, _changes, _clock);
        cache.Add("/a", FileOf(new byte[1000]));
        Assert.Null(cache.Find("/a"));
    }

    [Fact]
    public async Task FullMemory_LosesWhatWasLeastRecentlyUsed()
    {
        using var cache = new FileCache(new FileCacheOptions { MaxBytes = 50 * FileOf(new byte[1000]).Bytes }, _changes, _clock);
        for (var i = 0; i < 50; i++) cache.Add($"/{i}", FileOf(new byte[1000]));
        Assert.Equal(50, cache.Statistics.CurrentEntryCount);
        Assert.NotNull(cache.Find("/0"));
        await Until.TrueAsync(
            () =>
            {
                cache.Add("/new", FileOf(new byte[1000]));
                return cache.Find("/new") is not null;
            },
            "there is room again");
        Assert.Null(cache.Find("/1"));
        Assert.All(["/0", "/25", "/49"], path => Assert.NotNull(cache.Find(path)));
    }

    [Fact]
    public async Task File_IsFreshForTheIntervalAndUntilAChangeIsReported()
    {
        using var cache = new FileCache(new FileCacheOptions(), _changes, _clock);
        var file = FileOf([]);
        Assert.True(cache.IsFresh(file));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(cache.IsFresh(file));

        file = FileOf([]);
        Assert.True(cache.IsFresh(file));
        _folder.Write("other.txt", "");
        await Until.TrueAsync(() => !cache.IsFresh(file), "the change is reported");
        Assert.True(_changes.Touched("/other.txt", file.Compared.Change));
        Assert.True(_changes.Touched("/other.txt/below", file.Compared.Change));
        Assert.False(_changes.Touched("/a.txt", file.Compared.Change));
    }

    [Fact]
    public void FolderThatIsGone_IsNotWatchedAndNoFault()
    {
        using var changes = new ChangeWatch(_folder.File("gone"), NullLogger.Instance);
        Assert.Equal(0, changes.Count);
    }

    private SiteFile FileOf(byte[] content)
    {
        var version = new FileVersion("a.txt", content.Length, DateTime.UnixEpoch);
        return new SiteFile("/a.txt", new Representation(null, version, content), [], [], "text/plain", "no-cache", [], IsSettled: true)
        {
            Compared = new Comparison(_clock.GetTimestamp(), _changes.Count),
        };
    }

    public void Dispose()
    {
        _changes.Dispose();
        _folder.Dispose();
    }
}
