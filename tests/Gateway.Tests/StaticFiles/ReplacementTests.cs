using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.StaticFiles;

/// <summary>Files that change while they are served: every answer is one version, whole, under its own tag.</summary>
public sealed class ReplacementTests
{
    [Theory]
    [InlineData("1048576")]
    [InlineData("200000")] // every other version is in memory
    [InlineData("0")]
    public async Task ReplacedUnderLoad_EveryAnswerIsOneVersion(string maxFileBytes)
    {
        await using var site = await ServedFolder.StartAsync(folder => Put(folder, 0), ("Cache:MaxFileBytes", maxFileBytes), ("Cache:CheckEvery", "00:00:00.010"));
        using var client = Client.For(site.App.Address);
        using var done = new CancellationTokenSource();
        var versions = new HashSet<string>();
        var readers = Enumerable.Range(0, 8).Select(async _ =>
        {
            while (!done.IsCancellationRequested)
            {
                using var answer = await client.GetAsync(new Uri("/a.bin", UriKind.Relative), TestContext.Current.CancellationToken);
                var body = await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
                Assert.True(answer.IsSuccessStatusCode, $"{answer.StatusCode}");
                Assert.Equal(Convert.ToHexString(SHA256.HashData(body.AsSpan(32))), Convert.ToHexString(body.AsSpan(0, 32)));
                lock (versions) versions.Add($"{answer.Headers.ETag} {Convert.ToHexString(body.AsSpan(0, 32))}");
            }
        }).ToArray();

        // Each version is replaced once somebody has seen it.
        for (var version = 1; version <= 20; version++)
        {
            var seen = Seen(versions);
            Put(site.Folder, version);
            await Until.TrueAsync(() => Seen(versions) > seen || readers.Any(r => r.IsFaulted), $"version {version} is served");
        }

        await done.CancelAsync();
        await Task.WhenAll(readers);
        // One tag for each content, and one content for each tag.
        Assert.Equal(versions.Count, versions.Select(v => v.Split(' ')[0]).Distinct().Count());
        Assert.Equal(versions.Count, versions.Select(v => v.Split(' ')[1]).Distinct().Count());
    }

    [Fact]
    public async Task EqualContentDeployedAgain_KeepsItsTag()
    {
        await using var site = await ServedFolder.StartAsync(folder => folder.Write("site/a.txt", "same"), ("Cache:CheckEvery", "00:00:00"));
        var before = await site.GetAsync("/a.txt");
        var path = site.Folder.Write("site/new.txt", "same");
        File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch.AddDays(1));
        File.Move(path, site.Folder.File("site/a.txt"), overwrite: true);
        var after = await site.GetAsync("/a.txt");
        Assert.NotEqual(before["Last-Modified"], after["Last-Modified"]);
        Assert.Equal(before["ETag"], after["ETag"]);
    }

    [Fact]
    public async Task Change_IsSeenThroughTheWatcher()
    {
        await using var site = await ServedFolder.StartAsync(folder => Write(folder, "one"), ("Cache:CheckEvery", "00:01:00"));
        Assert.Equal("one", (await site.GetAsync("/a.txt")).Body);
        // Same size, same time: only the report of the change tells.
        Write(site.Folder, "two");
        await UntilServedAsync(site, "two");
        File.Delete(site.Folder.File("site/a.txt"));
        await UntilServedAsync(site, null);

        static void Write(TestFolder folder, string text)
        {
            File.SetLastWriteTimeUtc(folder.Write("a.new", text), DateTime.UnixEpoch.AddDays(1));
            File.Move(folder.File("a.new"), folder.File("site/a.txt"), overwrite: true);
        }
    }

    [Fact]
    public async Task WithoutCheckInterval_EachRequestSeesTheDisk()
    {
        await using var site = await ServedFolder.StartAsync(folder => folder.Write("site/a.txt", "one"), ("Cache:CheckEvery", "00:00:00"), ("Try:0", "$uri"), ("Try:1", "$uri.html"));
        Assert.Equal("one", (await site.GetAsync("/a.txt")).Body);
        // Within one tick of the file system's clock, and of equal size.
        site.Folder.Write("site/a.txt", "two");
        Assert.Equal("two", (await site.GetAsync("/a.txt")).Body);

        site.Folder.Write("site/b.html", "page");
        Assert.Equal("page", (await site.GetAsync("/b")).Body);
        site.Folder.Write("site/b", "file");
        Assert.Equal("file", (await site.GetAsync("/b")).Body);
        File.Delete(site.Folder.File("site/b"));
        Assert.Equal("page", (await site.GetAsync("/b")).Body);
    }

    [Theory]
    [InlineData("1048576")]
    [InlineData("0")]
    public async Task LockedByItsWriter_Is503UntilItIsWritten(string maxFileBytes)
    {
        await using var site = await ServedFolder.StartAsync(folder => folder.Write("site/a.txt", "one"), ("Cache:MaxFileBytes", maxFileBytes), ("Cache:CheckEvery", "00:00:00"));
        await using (var writer = new FileStream(site.Folder.File("site/a.txt"), FileMode.Open, FileAccess.Write, FileShare.None))
        {
            var answer = await site.GetAsync("/a.txt");
            Assert.Equal((503, "1"), (answer.Status, answer["Retry-After"]));
            ProblemAssert.Is(answer.Body, 503, "file_unavailable");
            writer.Write("two"u8);
        }

        Assert.Equal("two", (await site.GetAsync("/a.txt")).Body);
    }

    [Fact]
    public async Task TruncatedWhileItIsSent_TheAnswerBreaksOff()
    {
        const int length = 64 * 1024 * 1024;
        await using var site = await ServedFolder.StartAsync(folder => File.WriteAllBytes(folder.File("site/a.bin"), new byte[length]));
        var answer = await ReadSlowlyAsync(site.App.Address, () => File.WriteAllBytes(site.Folder.File("site/a.bin"), new byte[1000]));
        Assert.True(answer.Length < length, "the answer looks complete");
        Assert.Equal(200, (await site.AskAsync("HEAD", "/a.bin")).Status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Range: bytes=0-33554431,33554432-\r\n")] // written into the second part while the first is sent
    [InlineData("Range: bytes=33554432-,0-33554431\r\n")]
    public async Task WrittenIntoWhileItIsSent_TheAnswerBreaksOff(string fields)
    {
        const int length = 64 * 1024 * 1024;
        await using var site = await ServedFolder.StartAsync(folder => File.WriteAllBytes(folder.File("site/a.bin"), new byte[length]));
        var answer = await ReadSlowlyAsync(
            site.App.Address,
            () =>
            {
                using var file = new FileStream(site.Folder.File("site/a.bin"), FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
                file.Position = length - 10;
                file.Write("other data"u8);
            },
            fields);
        Assert.True(answer.Length < answer.Announced, "a mixture of two versions looks complete");
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(64 * 1024 * 1024)]
    public async Task ReplacedWhileItIsSent_TheAnswerIsTheOldVersion(int newLength)
    {
        var content = RandomNumberGenerator.GetBytes(64 * 1024 * 1024);
        await using var site = await ServedFolder.StartAsync(folder => File.WriteAllBytes(folder.File("site/a.bin"), content));
        var answer = await ReadSlowlyAsync(site.App.Address, () => Replace(site.Folder, newLength));
        Assert.Equal((content.Length, Convert.ToHexString(SHA256.HashData(content))), (answer.Length, answer.Hash));
    }

    [Fact]
    public async Task ReplacedBetweenTwoParts_BothAreOfTheOldVersion()
    {
        const int length = 64 * 1024 * 1024;
        await using var site = await ServedFolder.StartAsync(folder => File.WriteAllBytes(folder.File("site/a.bin"), new byte[length]));
        // Of equal length, so that only its bytes would tell.
        var answer = await ReadSlowlyAsync(site.App.Address, () => Replace(site.Folder, length), "Range: bytes=0-33554431,33554432-\r\n");
        Assert.Equal((answer.Announced, 0), (answer.Length, answer.NewBytes));
        Assert.True(answer.Announced > length);
    }

    // Its bytes are 255, which no head of a part has.
    private static void Replace(TestFolder folder, int length)
    {
        var content = new byte[length];
        Array.Fill(content, (byte)255);
        File.WriteAllBytes(folder.File("b.bin"), content);
        File.Move(folder.File("b.bin"), folder.File("site/a.bin"), overwrite: true);
    }

    /// <param name="Length">Bytes of the body that came.</param>
    /// <param name="Announced">Content-Length.</param>
    /// <param name="Hash">Of the body.</param>
    /// <param name="NewBytes">How many of its bytes are 255.</param>
    private sealed record SlowAnswer(long Length, long Announced, string Hash, long NewBytes);

    // Asks, reads the head, lets something happen while the rest is still on its way, and reads that.
    private static async Task<SlowAnswer> ReadSlowlyAsync(Uri server, Action meanwhile, string fields = "")
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server.Host, server.Port, TestContext.Current.CancellationToken);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET /a.bin HTTP/1.1\r\nHost: {server.Authority}\r\nConnection: close\r\n{fields}\r\n"), TestContext.Current.CancellationToken);
        var buffer = new byte[65536];
        var read = await stream.ReadAsync(buffer, TestContext.Current.CancellationToken);
        var text = Encoding.Latin1.GetString(buffer, 0, read);
        var head = text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
        var announced = long.Parse(text.Split("Content-Length: ")[1].Split("\r\n")[0], CultureInfo.InvariantCulture);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (total, newBytes) = (0L, 0L);
        Take(buffer.AsSpan(head, read - head));
        meanwhile();
        try
        {
            while ((read = await stream.ReadAsync(buffer, TestContext.Current.CancellationToken)) > 0) Take(buffer.AsSpan(0, read));
        }
        catch (IOException)
        {
            // Reset: broken off.
        }

        return new(total, announced, Convert.ToHexString(hash.GetHashAndReset()), newBytes);

        void Take(ReadOnlySpan<byte> bytes)
        {
            hash.AppendData(bytes);
            total += bytes.Length;
            newBytes += bytes.Count((byte)255);
        }
    }

    private static int Seen(HashSet<string> versions)
    {
        lock (versions) return versions.Count;
    }

    // The hash of the rest, then the rest, whose length is the version's own.
    private static void Put(TestFolder folder, int version)
    {
        var rest = new byte[(version % 2 == 0 ? 150_000 : 250_000) + version];
        Array.Fill(rest, (byte)version);
        File.WriteAllBytes(folder.File("next.bin"), [.. SHA256.HashData(rest), .. rest]);
        File.Move(folder.File("next.bin"), folder.File("site/a.bin"), overwrite: true);
    }

    private static async Task UntilServedAsync(ServedFolder site, string? body)
    {
        for (var i = 0; i < 1000; i++)
        {
            var answer = await site.GetAsync("/a.txt");
            if (body is null ? answer.Status == 404 : answer.Body == body) return;
        }

        Assert.Fail($"never served: {body ?? "404"}");
    }
}
