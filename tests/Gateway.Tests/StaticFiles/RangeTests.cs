using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Xunit;

namespace FrontDoor.Gateway.Tests.StaticFiles;

/// <summary>Range requests on the wire; one file in memory, one sent from disk.</summary>
public sealed class RangeTests : IAsyncLifetime
{
    private const string Text = "0123456789";

    private ServedFolder _site = null!;

    public async ValueTask InitializeAsync() => _site = await ServedFolder.StartAsync(
        folder =>
        {
            folder.Write("site/memory.txt", Text);
            folder.Write("site/disk.txt", string.Concat(Enumerable.Repeat(Text, 4)));
            folder.Write("site/empty.txt", "");
        },
        ("Cache:MaxFileBytes", "20"),
        ("MaxRanges", "4"));

    [Theory]
    [InlineData("bytes=0-3", 206, "0123", "bytes 0-3/10")]
    [InlineData("bytes=-3", 206, "789", "bytes 7-9/10")]
    [InlineData("bytes=-30", 206, Text, "bytes 0-9/10")]
    [InlineData("bytes=8-", 206, "89", "bytes 8-9/10")]
    [InlineData("bytes=9-9", 206, "9", "bytes 9-9/10")]
    [InlineData("bytes=5-999", 206, "56789", "bytes 5-9/10")]
    [InlineData("BYTES=0-3", 206, "0123", "bytes 0-3/10")]
    [InlineData("bytes=0-0,50-60", 206, "0", "bytes 0-0/10")]
    [InlineData("bytes=10-", 416, null, "bytes */10")]
    [InlineData("bytes=-0", 416, null, "bytes */10")]
    [InlineData("bytes=20-30,40-50", 416, null, "bytes */10")]
    [InlineData("bytes=5-2", 200, Text, null)]
    [InlineData("bytes=abc", 200, Text, null)]
    [InlineData("bytes=", 200, Text, null)]
    [InlineData("bytes", 200, Text, null)]
    [InlineData("items=0-1", 200, Text, null)]
    [InlineData("bytes=0-9,0-9", 200, Text, null)]
    [InlineData("bytes=0-0,2-2,4-4,6-6,8-8", 200, Text, null)]
    [InlineData("bytes=0-99999999999999999999", 200, Text, null)]
    [InlineData("bytes=99999999999999999999-", 200, Text, null)]
    public async Task Range_ComesTo(string range, int status, string? body, string? contentRange)
    {
        foreach (var method in new[] { "GET", "HEAD" })
        {
            var answer = await _site.AskAsync(method, "/memory.txt", $"Range: {range}");
            Assert.Equal((method, status, contentRange), (method, answer.Status, answer["Content-Range"]));
            if (body is null) continue;
            Assert.Equal(body.Length, answer.Length);
            Assert.Equal(method == "HEAD" ? "" : body, answer.Body);
            Assert.Equal("bytes", answer["Accept-Ranges"]);
        }
    }

    [Theory]
    [InlineData("/memory.txt", "bytes=0-1,-2", "01", "bytes 0-1/10", "89", "bytes 8-9/10")]
    [InlineData("/memory.txt", "bytes=8-, 0-1 ,77-", "89", "bytes 8-9/10", "01", "bytes 0-1/10")]
    [InlineData("/disk.txt", "bytes=0-1,-2", "01", "bytes 0-1/40", "89", "bytes 38-39/40")]
    public async Task SeveralRanges_AreSeveralParts(string path, string range, string first, string firstRange, string second, string secondRange)
    {
        var answer = await _site.GetAsync(path, $"Range: {range}");
        Assert.Equal(206, answer.Status);
        Assert.Null(answer["Content-Range"]);
        var boundary = answer["Content-Type"]!.Replace("multipart/byteranges; boundary=", "", StringComparison.Ordinal);
        Assert.Equal(
            $"\r\n--{boundary}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Range: {firstRange}\r\n\r\n{first}"
            + $"\r\n--{boundary}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Range: {secondRange}\r\n\r\n{second}\r\n--{boundary}--\r\n",
            answer.Body);
        Assert.Equal(answer.Body.Length, answer.Length);

        var head = await _site.AskAsync("HEAD", path, $"Range: {range}");
        Assert.Equal((206, answer.Length, ""), (head.Status, head.Length, head.Body));
    }

    [Theory]
    [InlineData("bytes=0-0")]
    [InlineData("bytes=-1")]
    [InlineData("bytes=5-")]
    public async Task RangeOfAnEmptyFile_IsTheEmptyFile(string range)
    {
        var answer = await _site.GetAsync("/empty.txt", $"Range: {range}");
        Assert.Equal((200, 0, ""), (answer.Status, answer.Length, answer.Body));
    }

    [Fact]
    public async Task RangeOfAFileOnDisk_IsThatPart()
    {
        var answer = await _site.GetAsync("/disk.txt", "Range: bytes=38-");
        Assert.Equal((206, "bytes 38-39/40", "89"), (answer.Status, answer["Content-Range"], answer.Body));
    }

    [Fact]
    public async Task FileOverFourGigabytes_HasItsLengthAndItsLastBytes()
    {
        const long length = (5L << 30) + 7;
        await using (var file = File.Create(_site.Folder.File("site/huge.bin")))
        {
            file.SetLength(length);
            file.Position = length - 3;
            file.Write("end"u8);
        }

        var head = await _site.AskAsync("HEAD", "/huge.bin");
        Assert.Equal((200, length), (head.Status, head.Length));
        var end = await _site.GetAsync("/huge.bin", $"Range: bytes={(length - 3).ToString(CultureInfo.InvariantCulture)}-");
        Assert.Equal((206, "end", $"bytes {length - 3}-{length - 1}/{length}"), (end.Status, end.Body, end["Content-Range"]));
        var suffix = await _site.GetAsync("/huge.bin", "Range: bytes=-3");
        Assert.Equal("end", suffix.Body);
        Assert.Contains($"\r\nContent-Length: {length}\r\n", await HeadOfGetAsync("/huge.bin"), StringComparison.Ordinal);

        var several = await _site.GetAsync("/huge.bin", $"Range: bytes={length - 3}-,{1L << 32}-{1L << 32}");
        Assert.Equal((206, several.Bytes.Length), (several.Status, (int)several.Length));
        Assert.Contains($"Content-Range: bytes {length - 3}-{length - 1}/{length}\r\n\r\nend\r\n", several.Body, StringComparison.Ordinal);
        Assert.Contains($"Content-Range: bytes {1L << 32}-{1L << 32}/{length}\r\n\r\n\0\r\n", several.Body, StringComparison.Ordinal);
        var halves = await _site.AskAsync("HEAD", "/huge.bin", $"Range: bytes=0-{1L << 31},{(1L << 31) + 1}-");
        // Beside the file: two heads and an end.
        Assert.Equal(206, halves.Status);
        Assert.InRange(halves.Length - length, 100, 1000);
    }

    [Fact]
    public async Task MaxRangesOfZero_ServesNone()
    {
        await using var site = await ServedFolder.StartAsync(f => f.Write("site/a.txt", Text), ("MaxRanges", "0"));
        var answer = await site.GetAsync("/a.txt", "Range: bytes=0-3");
        Assert.Equal((200, Text, null), (answer.Status, answer.Body, answer["Accept-Ranges"]));
    }

    // The body is more than anybody wants to read.
    private async Task<string> HeadOfGetAsync(string path)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(_site.App.Address.Host, _site.App.Address.Port, TestContext.Current.CancellationToken);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {_site.App.Address.Authority}\r\n\r\n"), TestContext.Current.CancellationToken);
        var (head, buffer) = ("", new byte[1024]);
        while (!head.Contains("\r\n\r\n", StringComparison.Ordinal))
        {
            var read = await client.GetStream().ReadAsync(buffer, TestContext.Current.CancellationToken);
            Assert.NotEqual(0, read);
            head += Encoding.Latin1.GetString(buffer, 0, read);
        }

        return head;
    }

    public ValueTask DisposeAsync() => _site.DisposeAsync();
}
