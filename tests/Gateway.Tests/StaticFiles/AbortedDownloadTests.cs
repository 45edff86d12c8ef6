using System.Net.Sockets;
using System.Text;
using Xunit;

namespace FrontDoor.Gateway.Tests.StaticFiles;

public sealed class AbortedDownloadTests
{
    [Fact]
    public async Task AbortedDownloads_LeaveNoFileOpen()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only there /proc tells what is open");
        await using var site = await ServedFolder.StartAsync(folder =>
        {
            using var file = File.Create(folder.File("site/a.bin"));
            file.SetLength(64 * 1024 * 1024); // more than all buffers on the way hold
        });
        var path = site.Folder.File("site/a.bin");
        foreach (var round in Enumerable.Range(0, 200))
        {
            using var client = new TcpClient { ReceiveBufferSize = 16 * 1024, LingerState = new LingerOption(true, 0) };
            await client.ConnectAsync(site.App.Address.Host, site.App.Address.Port, TestContext.Current.CancellationToken);
            var fields = (round % 3) switch { 0 => "", 1 => "Range: bytes=5-\r\n", _ => "Range: bytes=0-9,20-\r\n" };
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"GET /a.bin HTTP/1.1\r\nHost: {site.App.Address.Authority}\r\n{fields}\r\n"), TestContext.Current.CancellationToken);
            Assert.NotEqual(0, await client.GetStream().ReadAsync(new byte[1000], TestContext.Current.CancellationToken));
            if (round < 3) Assert.NotEqual(0, TimesOpen(path)); // it would show
        }

        await TestKit.Until.TrueAsync(() => TimesOpen(path) == 0, "all handles are closed");
    }

    private static int TimesOpen(string path) => Directory.EnumerateFileSystemEntries("/proc/self/fd").Count(descriptor => new FileInfo(descriptor).LinkTarget == path);
}
