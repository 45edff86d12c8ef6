using FrontDoor.Gateway.StaticFiles;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.StaticFiles;

public sealed class FileVersionTests : IDisposable
{
    private readonly TestFolder _folder = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void FolderThatBecameALinkSinceItWasJudged_LeadsNowhereWhereLinksAreConfined(bool isExact)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only there a handle tells its path");
        foreach (var folder in new[] { "site/a", "outside" }) File.SetLastWriteTimeUtc(_folder.Write(folder + "/x.txt", "secret"), DateTime.UnixEpoch);
        var judged = FileVersion.Of(_folder.File("site/a/x.txt"), isExact)!;
        judged.Open()!.Dispose();
        Directory.Move(_folder.File("site/a"), _folder.File("site/b"));
        Directory.CreateSymbolicLink(_folder.File("site/a"), _folder.File("outside"));
        using var opened = judged.Open();
        Assert.Equal(isExact, opened is null);
    }

    [Fact]
    public void FilesOfOneTimeAndSizeInTwoFolders_HaveTwoTags()
    {
        var tags = new[] { "/v1/a.bin", "/v2/a.bin", "/v2/a.bin" }.Select(path => new Representation(null, new FileVersion(path, 5, DateTime.UnixEpoch), content: null).ETag.ToString()).ToArray();
        Assert.NotEqual(tags[0], tags[1]);
        Assert.Equal(tags[1], tags[2]);
    }

    public void Dispose() => _folder.Dispose();
}
