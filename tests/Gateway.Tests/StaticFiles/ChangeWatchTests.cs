using FrontDoor.Gateway.StaticFiles;
using FrontDoor.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace FrontDoor.Gateway.Tests.StaticFiles;

public sealed class ChangeWatchTests : IDisposable
{
    private readonly TestFolder _folder = new();

    [Fact]
    public async Task EachKindOfChange_IsHeard()
    {
        _folder.Write("below/a.txt", "a");
        using var changes = new ChangeWatch(_folder.FullPath, NullLogger.Instance);
        await HeardAsync(changes, () => File.AppendAllText(_folder.File("below/a.txt"), "b"), "/below/a.txt");
        await HeardAsync(changes, () => File.Move(_folder.File("below/a.txt"), _folder.File("below/b.txt")), "/below/a.txt", "/below/b.txt");
        await HeardAsync(changes, () => File.Delete(_folder.File("below/b.txt")), "/below/b.txt");
        await HeardAsync(changes, () => File.WriteAllText(_folder.File("below/c.txt"), ""), "/below/c.txt");
    }

    [Fact]
    public async Task MoreNamesThanAreKept_AreAChangeOfEveryFile()
    {
        _folder.Write("0", "");
        using var changes = new ChangeWatch(_folder.FullPath, NullLogger.Instance);
        var before = changes.Count;
        for (var i = 0; i <= 10_000; i++) File.Move(_folder.File($"{i}"), _folder.File($"{i + 1}"));
        await Until.TrueAsync(() => changes.Touched("/untouched.txt", before), "everything counts as changed");
    }

    [Fact]
    public void FolderThatCannotBeWatched_IsInTheLogAndComparedOnly()
    {
        using var log = new LogLines();
        using var changes = new ChangeWatch(_folder.File("gone"), log.CreateLogger("log"));
        Assert.Contains("found by comparison only", Assert.Single(log.All), StringComparison.Ordinal);
        Assert.Equal((0, false), (changes.Count, changes.Touched("/a.txt", 0)));
    }

    private static async Task HeardAsync(ChangeWatch changes, Action change, params string[] names)
    {
        var before = changes.Count;
        change();
        foreach (var name in names) await Until.TrueAsync(() => changes.Touched(name, before), $"the change of {name} is heard");
        Assert.False(changes.Touched("/below/other.txt", before));
    }

    public void Dispose() => _folder.Dispose();
}
