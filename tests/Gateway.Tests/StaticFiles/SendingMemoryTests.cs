using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using FrontDoor.Gateway.StaticFiles;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace FrontDoor.Gateway.Tests.StaticFiles;

/// <summary>What slow clients make the gateway hold.</summary>
public sealed class SendingMemoryTests
{
    private const int Length = 4 * 1024 * 1024;

    [Theory]
    [InlineData(2 * Length, "false")]
    [InlineData(0, "false")]
    [InlineData(Length / 2, "true")]
    public async Task SlowClientsOfManyFiles_HoldNoMoreThanTheBound(int maxBytes, string compress)
    {
        var contents = Enumerable.Range(0, 8).Select(i => RandomNumberGenerator.GetBytes(Length)).ToArray();
        await using var site = await ServedFolder.StartAsync(
            folder =>
            {
                for (var i = 0; i < contents.Length; i++) File.WriteAllBytes(folder.File($"site/{i}.txt"), contents[i]);
            },
            ("Cache:MaxFileBytes", $"{Length}"), ("Cache:MaxBytes", $"{maxBytes}"), ("Compress", compress));
        var sending = Assert.Single(site.App.Services.GetRequiredService<ConfiguredSites>().Now.All).Sending;
        var slow = new List<Socket>();
        try
        {
            for (var i = 0; i < contents.Length; i++) slow.Add(await AskAsync(site.App.Address, $"/{i}.txt"));
            Assert.InRange(sending.Bytes, maxBytes >= Length ? 1 : 0, maxBytes);

            // All at once: Kestrel resets a connection that takes nothing for five seconds.
            var answers = await Task.WhenAll(slow.Select(RestAsync));
            foreach (var ((head, body), content) in answers.Zip(contents))
            {
                Assert.Equal(Convert.ToHexString(SHA256.HashData(content)), Convert.ToHexString(SHA256.HashData(body)));
                // From memory or from disk, the tag is of the content.
                Assert.Contains($"ETag: \"{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 16))}\"", head, StringComparison.Ordinal);
            }

            await TestKit.Until.TrueAsync(() => sending.Bytes == 0, "everything is given back");
        }
        finally
        {
            foreach (var socket in slow) socket.Dispose();
        }
    }

    [Fact]
    public async Task FileThatChangedUnseenWhileAllMemoryIsTaken_IsLookedForAnew()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs ln");
        var (old, changed) = (new string('o', 100_000), new string('n', 100_000));
        await using var site = await ServedFolder.StartAsync(
            folder =>
            {
                folder.Write("site/a.txt", old);
                File.SetLastWriteTimeUtc(folder.File("site/a.txt"), DateTime.UnixEpoch.AddYears(50));
            },
            ("Cache:MaxBytes", "1000000"), ("Cache:CheckEvery", "00:01:00"));
        // A change by a name outside of the root is one that no watcher reports.
        using (var link = System.Diagnostics.Process.Start("ln", [site.Folder.File("site/a.txt"), site.Folder.File("outside.txt")])) await link.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(old, (await site.GetAsync("/a.txt")).Body);
        await File.WriteAllTextAsync(site.Folder.File("outside.txt"), changed, TestContext.Current.CancellationToken);
        Assert.Equal(old, (await site.GetAsync("/a.txt")).Body);

        Assert.True(Assert.Single(site.App.Services.GetRequiredService<ConfiguredSites>().Now.All).Sending.TryTake(FormOf(new byte[1_000_000])));
        var answer = await site.GetAsync("/a.txt");
        Assert.Equal((200, changed), (answer.Status, answer.Body));
    }

    [Fact]
    public void OneContentForManyClients_CountsOnce()
    {
        var memory = new SendingMemory(10);
        var (one, other) = (FormOf(new byte[6]), FormOf(new byte[6]));
        Assert.True(memory.TryTake(one));
        Assert.True(memory.TryTake(one));
        Assert.False(memory.TryTake(other));
        Assert.Equal(6, memory.Bytes);
        memory.GiveBack(one);
        Assert.False(memory.TryTake(other));
        memory.GiveBack(one);
        Assert.True(memory.TryTake(other));
        Assert.Equal(6, memory.Bytes);
    }

    [Fact]
    public void FormThatIsSentFromDisk_HoldsNoBytes()
    {
        var form = FormOf(new byte[6]);
        Assert.Equal((null, form.ETag, 6), (form.OnDisk().Content, form.OnDisk().ETag, form.OnDisk().Length));
    }

    private static Representation FormOf(byte[] content) => new(null, new FileVersion("a.txt", content.Length, DateTime.UnixEpoch), content);

    // Asks and waits until the answer has begun; its buffer takes little of it.
    private static async Task<Socket> AskAsync(Uri server, string path)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await socket.ConnectAsync(server.Host, server.Port, TestContext.Current.CancellationToken);
        await socket.SendAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {server.Authority}\r\nConnection: close\r\n\r\n"), TestContext.Current.CancellationToken);
        Assert.Equal(1, await socket.ReceiveAsync(new byte[1], SocketFlags.Peek, TestContext.Current.CancellationToken));
        return socket;
    }

    private static async Task<(string Head, byte[] Body)> RestAsync(Socket socket)
    {
        await using var stream = new NetworkStream(socket);
        using var all = new MemoryStream();
        await stream.CopyToAsync(all, TestContext.Current.CancellationToken);
        var bytes = all.ToArray();
        var end = bytes.AsSpan().IndexOf("\r\n\r\n"u8);
        return (Encoding.Latin1.GetString(bytes, 0, end), bytes[(end + 4)..]);
    }
}
