using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.StaticFiles;

/// <summary>Deployments that swap a link above the root, as Capistrano's <c>current/public</c>; files of all releases bear one time.</summary>
public sealed class ReleaseTests
{
    [Theory]
    [InlineData("1048576")]
    [InlineData("0")]
    public async Task LinkAboveTheRootIsSwapped_TheNewReleaseIsServedUnderATagOfItsOwn(string maxFileBytes)
    {
        await using var site = await StartAsync(("Cache:CheckEvery", "00:00:00"), ("Cache:MaxFileBytes", maxFileBytes));
        var before = await site.GetAsync("/a.txt");
        Assert.Equal("one", before.Body);
        Swap(site.Folder);
        var after = await site.GetAsync("/a.txt");
        Assert.Equal("two", after.Body);
        Assert.NotEqual(before["ETag"], after["ETag"]);
        Assert.Equal((200, "two"), ((await site.GetAsync("/a.txt", $"If-None-Match: {before["ETag"]}")).Status, (await site.GetAsync("/a.txt")).Body));
    }

    [Fact]
    public async Task LinkAboveTheRootIsSwapped_TheWatchMovesToTheNewRelease()
    {
        await using var site = await StartAsync(("Cache:CheckEvery", "00:00:00.200"));
        Assert.Equal("one", (await site.GetAsync("/a.txt")).Body);
        Swap(site.Folder);
        await Until.TrueAsync(async () => (await site.GetAsync("/a.txt")).Body == "two", "the new release is served");
        await UntilReportedAsync(site, "v2", "six");
        await UntilReportedAsync(site, "v2", "ten");
    }

    [Fact]
    public async Task RootIsReplaced_TheWatchIsArmedAgain()
    {
        await using var site = await ServedFolder.StartAsync(folder => Put(folder, "site", "one"), ("Cache:CheckEvery", "00:00:00.200"));
        Assert.Equal("one", (await site.GetAsync("/a.txt")).Body);
        Put(site.Folder, "next", "two");
        Directory.Move(site.Folder.File("site"), site.Folder.File("former"));
        Directory.Move(site.Folder.File("next"), site.Folder.File("site"));
        await UntilReportedAsync(site, "site", "six");
        await UntilReportedAsync(site, "site", "ten");
    }

    // Of equal time and size: a comparison sees no difference.
    private static Task UntilReportedAsync(ServedFolder site, string release, string text) => Until.TrueAsync(
        async () =>
        {
            Put(site.Folder, release, text);
            return (await site.GetAsync("/a.txt")).Body == text;
        },
        $"{text} is served");

    private static Task<ServedFolder> StartAsync(params (string Name, string Value)[] settings) => ServedFolder.StartAsync(
        folder =>
        {
            Put(folder, "v1/public", "one");
            Put(folder, "v2/public", "two");
            Directory.CreateSymbolicLink(folder.File("current"), folder.File("v1"));
        },
        [("Root", "current/public"), .. settings]);

    private static void Swap(TestFolder folder)
    {
        Directory.Delete(folder.File("current"));
        Directory.CreateSymbolicLink(folder.File("current"), folder.File("v2"));
    }

    private static void Put(TestFolder folder, string release, string text)
    {
        Directory.CreateDirectory(folder.File(release));
        File.SetLastWriteTimeUtc(folder.Write("a.new", text), DateTime.UnixEpoch.AddDays(1));
        File.Move(folder.File("a.new"), folder.File($"{(release == "v2" ? "v2/public" : release)}/a.txt"), overwrite: true);
    }
}
