using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.Management;

/// <summary>A gateway keeps nothing in the home folder of its user, who may have none or one that is read-only.</summary>
public sealed class HomeFolderTests : IDisposable
{
    private readonly TestFolder _home = new();

    [Fact]
    public async Task Start_LeavesTheHomeFolderEmpty()
    {
        await using var backEnd = await TestServer.StartAsync(_ => Task.CompletedTask);
        using var gateway = new DrainedProcess(backEnd, "00:00:00", "00:00:05", environment: new Dictionary<string, string> { ["HOME"] = _home.FullPath });
        await gateway.StartAsync();
        Assert.Equal([], Directory.GetFileSystemEntries(_home.FullPath, "*", SearchOption.AllDirectories));
    }

    public void Dispose() => _home.Dispose();
}
