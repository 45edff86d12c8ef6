using System.Net.Sockets;
using Xunit;

namespace FrontDoor.Gateway.Tests.StaticFiles;

/// <summary>What has a name and is no file: not there, whatever opening it would bring.</summary>
public sealed class SpecialFileTests
{
    [Fact]
    public async Task SocketsAndDevices_Are404()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has neither among files");
        await using var site = await ServedFolder.StartAsync(
            folder =>
            {
                File.CreateSymbolicLink(folder.File("site/null.txt"), "/dev/null");
                File.CreateSymbolicLink(folder.File("site/zero.txt"), "/dev/zero");
                folder.Write("site/empty.txt", "");
            },
            ("LinksOutOfRoot", "true"), ("Listing", "true"));
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(site.Folder.File("site/app.sock")));
        foreach (var path in new[] { "/app.sock", "/null.txt", "/zero.txt" })
        {
            var answer = await site.GetAsync(path);
            Assert.Equal((path, 404), (path, answer.Status));
        }

        Assert.Equal(200, (await site.GetAsync("/empty.txt")).Status);
        var list = (await site.GetAsync("/")).Body;
        Assert.Contains("empty.txt", list, StringComparison.Ordinal);
        Assert.DoesNotContain("sock", list, StringComparison.Ordinal);
        Assert.DoesNotContain("null.txt", list, StringComparison.Ordinal);
    }
}
