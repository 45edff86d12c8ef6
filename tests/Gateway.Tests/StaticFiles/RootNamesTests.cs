using FrontDoor.Gateway.StaticFiles;
using FrontDoor.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace FrontDoor.Gateway.Tests.StaticFiles;

/// <summary>It may say "perhaps" wrongly, never "no".</summary>
public sealed class RootNamesTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly TestClock _clock = new();
    private readonly ChangeWatch _changes;

    public RootNamesTests()
    {
        _folder.Write("index.html", "x");
        _folder.Write("about.html", "x");
        // The lists of folders that have just changed are not trusted.
        Age(TimeSpan.FromMinutes(1));
        _changes = new ChangeWatch(_folder.FullPath, NullLogger.Instance);
    }

    [Theory]
    [InlineData("/index.html", true)]
    [InlineData("/INDEX.html", true)]
    [InlineData("/about", true)]
    [InlineData("/about/x", false)]
    [InlineData("/", true)]
    [InlineData("/api/orders", false)]
    [InlineData("/api", false)]
    [InlineData("/äpfel", true)]
    public void SettledFolder_IsKnown(string path, bool perhaps) => Assert.Equal(perhaps, Names().MayHave(path));

    [Fact]
    public void NewName_IsSeenAtOnce()
    {
        var names = Names();
        Assert.False(names.MayHave("/new.html"));
        _folder.Write("new.html", "x");
        Assert.True(names.MayHave("/new.html"));
    }

    [Fact]
    public void NewNameBehindALink_IsSeenWithoutTheWatch()
    {
        using var elsewhere = new TestFolder();
        Directory.CreateSymbolicLink(elsewhere.File("link"), _folder.FullPath);
        using var silent = new ChangeWatch(elsewhere.FullPath, NullLogger.Instance);
        var names = new RootNames(elsewhere.File("link"), TryList.Of(["$uri"]), silent, TimeSpan.FromMinutes(1), _clock);
        Assert.True(names.MayHave("/index.html"));
        Assert.False(names.MayHave("/new.html"));
        _folder.Write("new.html", "x");
        Assert.True(names.MayHave("/new.html"));
    }

    [Fact]
    public void NewNameThatNoWatcherReports_IsSeenByTheTimeOfTheFolder()
    {
        using var elsewhere = new TestFolder();
        using var deaf = new ChangeWatch(elsewhere.FullPath, NullLogger.Instance);
        var names = Names(watch: deaf);
        Assert.False(names.MayHave("/new.html"));
        _folder.Write("new.html", "x");
        Assert.True(names.MayHave("/new.html"));
    }

    [Fact]
    public void NewNameThatTheFolderDoesNotTell_IsSeenAfterTheInterval()
    {
        using var elsewhere = new TestFolder();
        using var deaf = new ChangeWatch(elsewhere.FullPath, NullLogger.Instance);
        var (names, time) = (Names(watch: deaf), Directory.GetLastWriteTimeUtc(_folder.FullPath));
        Assert.False(names.MayHave("/new.html"));
        _folder.Write("new.html", "x");
        // As a file system with a coarse clock, or one whose server answers from its memory.
        Directory.SetLastWriteTimeUtc(_folder.FullPath, time);
        _clock.Advance(TimeSpan.FromMilliseconds(999));
        Assert.False(names.MayHave("/new.html"));
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(names.MayHave("/new.html"));
    }

    [Fact]
    public void FolderThatHasJustChanged_ProvesNothing()
    {
        Age(TimeSpan.Zero);
        Assert.True(Names().MayHave("/api/orders"));
    }

    [Fact]
    public void WithoutAnInterval_TheDiskIsAlwaysAsked() => Assert.True(Names(TimeSpan.Zero).MayHave("/api/orders"));

    public void Dispose()
    {
        _changes.Dispose();
        _folder.Dispose();
    }

    private RootNames Names(TimeSpan? checkEvery = null, ChangeWatch? watch = null) => new(_folder.FullPath, TryList.Of(["$uri", "$uri.html", "$uri/"]), watch ?? _changes, checkEvery ?? TimeSpan.FromSeconds(1), _clock);

    private void Age(TimeSpan age) => Directory.SetLastWriteTimeUtc(_folder.FullPath, _clock.GetUtcNow().UtcDateTime - age);
}
