using FrontDoor.Gateway.StaticFiles;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.StaticFiles;

public sealed class FileLoaderTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly TestClock _clock = new();

    [Fact]
    public async Task WrittenIntoWhileItIsRead_IsNotTaken()
    {
        const int length = 8 * 1024 * 1024;
        var path = _folder.File("a.bin");
        var loader = new FileLoader(new StaticSiteOptions { Cache = new FileCacheOptions { MaxFileBytes = length } }, _clock);
        await Until.TrueAsync(
            async () =>
            {
                File.WriteAllBytes(path, new byte[length]);
                File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch);
                using var writer = File.OpenHandle(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
                // It is open when this returns, and is being read.
                var loading = LoadAsync(loader, path);
                RandomAccess.Write(writer, "new"u8, length - 3);
                if (await loading is not { } loaded) return true;
                Assert.False(loaded.Identity.Content.AsSpan().ContainsAnyExcept((byte)0), "bytes of the new version under the tag of the old one");
                return false;
            },
            "the change falls into the reading");
    }

    [Theory]
    [InlineData("longer than before", 0)]
    [InlineData("", 0)]
    [InlineData("two", 1)] // the time alone
    public async Task ReplacedSinceItWasFound_IsNotTaken(string next, int later)
    {
        var path = _folder.Write("a.txt", "one");
        File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch);
        var found = FileVersion.Of(path)!;
        File.SetLastWriteTimeUtc(_folder.Write("next.txt", next), DateTime.UnixEpoch.AddTicks(later));
        File.Move(_folder.File("next.txt"), path, overwrite: true);
        var form = new Representation(null, found, content: null);
        Assert.Null(OpenedFile.TryOpen(form, form, new SendingMemory(0)));
        Assert.Null(await new FileLoader(new StaticSiteOptions(), _clock).LoadAsync(new Finding.OnDisk("/a.txt", found), [], new Comparison(0, 0)));
    }

    [Theory]
    [InlineData(2 * TimeSpan.TicksPerSecond, false)]
    [InlineData((2 * TimeSpan.TicksPerSecond) + 1, true)]
    public async Task File_IsSettledMoreThanTwoSecondsAfterTheLastChangeOfAnyForm(long age, bool settled)
    {
        var (original, sidecar, old) = (_folder.Write("a.txt", "a"), _folder.Write("a.txt.gz", "a"), _clock.GetUtcNow().UtcDateTime.AddDays(-1));
        var loader = new FileLoader(new StaticSiteOptions(), _clock);
        foreach (var (changed, other) in new[] { (original, sidecar), (sidecar, original) })
        {
            File.SetLastWriteTimeUtc(other, old);
            File.SetLastWriteTimeUtc(changed, _clock.GetUtcNow().UtcDateTime.AddTicks(-age));
            Assert.Equal(settled, (await LoadAsync(loader, original, sidecar))!.IsSettled);
        }
    }

    private static Task<SiteFile?> LoadAsync(FileLoader loader, string path, params string[] sidecars) => loader.LoadAsync(
        new Finding.OnDisk("/a", FileVersion.Of(path)!), [.. sidecars.Select(s => ("gzip", FileVersion.Of(s)!))], new Comparison(0, 0));

    public void Dispose() => _folder.Dispose();
}
