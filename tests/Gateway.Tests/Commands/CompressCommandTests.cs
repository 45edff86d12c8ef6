using System.IO.Compression;
using FrontDoor.Gateway.Commands;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.Commands;

public sealed class CompressCommandTests : IDisposable
{
    private static readonly string Text = string.Concat(Enumerable.Repeat("the same words again and again, ", 100));
    private static readonly DateTime Noon = new(2026, 1, 1, 12, 0, 0, DateTimeKind.Utc);

    private readonly TestFolder _folder = new();

    [Fact]
    public async Task Text_GetsSidecarsOfItsOwnTime()
    {
        File.SetLastWriteTimeUtc(_folder.Write("site/js/app.js", Text), Noon);
        Assert.Equal(0, await RunAsync());
        Assert.Equal(Text, Unpack(new GZipStream(File.OpenRead(_folder.File("site/js/app.js.gz")), CompressionMode.Decompress)));
        Assert.Equal(Text, Unpack(new BrotliStream(File.OpenRead(_folder.File("site/js/app.js.br")), CompressionMode.Decompress)));
        Assert.Equal([Noon, Noon], new[] { ".gz", ".br" }.Select(e => File.GetLastWriteTimeUtc(_folder.File("site/js/app.js" + e))));
        Assert.Equal(3, Directory.GetFiles(_folder.File("site"), "*", SearchOption.AllDirectories).Length);
    }

    [Fact]
    public async Task SmallPackedHiddenAndLinkedFiles_AreLeftAlone()
    {
        _folder.Write("site/small.js", "let a;");
        _folder.Write("site/image.png", Text);
        _folder.Write("site/packed.js.gz", Text);
        _folder.Write("site/unknown.xyz", Text);
        _folder.Write("site/.git/config.json", Text);
        File.CreateSymbolicLink(_folder.File("site/link.js"), _folder.Write("elsewhere.js", Text));
        var before = Directory.GetFiles(_folder.FullPath, "*", SearchOption.AllDirectories);
        Assert.Equal(0, await RunAsync());
        Assert.Equal(before.Order(), Directory.GetFiles(_folder.FullPath, "*", SearchOption.AllDirectories).Order());
    }

    [Fact]
    public async Task WhatWouldNotBeSmaller_IsNotKept()
    {
        File.WriteAllBytes(_folder.Write("site/noise.txt", ""), System.Security.Cryptography.RandomNumberGenerator.GetBytes(4096));
        Assert.Equal(0, await RunAsync());
        Assert.Single(Directory.GetFiles(_folder.File("site")));
    }

    [Fact]
    public async Task Sidecar_IsMadeAgainWhenItIsOlderOrForced()
    {
        File.SetLastWriteTimeUtc(_folder.Write("site/a.css", Text), Noon);
        File.SetLastWriteTimeUtc(_folder.Write("site/a.css.gz", "newer"), Noon.AddHours(1));
        File.SetLastWriteTimeUtc(_folder.Write("site/a.css.br", "older"), Noon.AddHours(-1));
        Assert.Equal(0, await RunAsync());
        Assert.Equal("newer", File.ReadAllText(_folder.File("site/a.css.gz")));
        Assert.NotEqual("older", File.ReadAllText(_folder.File("site/a.css.br")));
        Assert.Equal(0, await RunAsync(force: true));
        Assert.NotEqual("newer", File.ReadAllText(_folder.File("site/a.css.gz")));
    }

    [Fact]
    public async Task Gateway_KnowsTheCommand()
    {
        _folder.Write("site/a.js", Text);
        File.WriteAllBytes(_folder.Write("site/sub/noise.txt", ""), System.Security.Cryptography.RandomNumberGenerator.GetBytes(4096));
        _folder.Write("site/small.js", "let a;");
        var noise = $"[2/2] {Path.Combine("sub", "noise.txt")}  .br would not be smaller, .gz would not be smaller";

        var (first, second) = (await OutputAsync(), await OutputAsync());
        Assert.Equal(2, first.Length);
        Assert.Matches(@"^\[1/2\] a\.js  \.br \d+ of 3200 bytes, \.gz \d+ of 3200 bytes$", first[0]);
        Assert.Contains($".br {new FileInfo(_folder.File("site/a.js.br")).Length} of", first[0], StringComparison.Ordinal);
        Assert.Equal(noise, first[1]);
        Assert.Equal(["[1/2] a.js  .br is up to date, .gz is up to date", noise], second);

        async Task<string[]> OutputAsync()
        {
            var (exitCode, output, error) = await GatewayProcess.RunForOutputAsync(_folder.FullPath, ["compress", "site"], TestContext.Current.CancellationToken);
            Assert.Equal((0, ""), (exitCode, error));
            return output.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        }
    }

    [Fact]
    public async Task FileThatFails_KeepsNobodyElseFromBeingMade()
    {
        _folder.Write("site/a.js", Text);
        _folder.Write("site/b.js", Text);
        Directory.CreateDirectory(_folder.File("site/a.js.br"));
        Assert.Equal(1, await RunAsync());
        Assert.Equal(["a.js", "b.js", "b.js.br", "b.js.gz"], Directory.GetFiles(_folder.File("site")).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task LongestNameThatHasRoomForTheEnding_GetsItsSidecar()
    {
        var name = new string('x', 249) + ".js";
        _folder.Write("site/" + name, Text);
        Assert.Equal(0, await RunAsync());
        Assert.Equal(255, Path.GetFileName(Directory.GetFiles(_folder.File("site"), "*.gz").Single()).Length);
    }

    [Fact]
    public async Task FolderThatMayNotBeRead_IsOneLine()
    {
        _folder.Write("site/closed/a.js", Text);
        if (OperatingSystem.IsWindows() || (Environment.IsPrivilegedProcess && !File.Exists("/usr/bin/setpriv"))) Assert.Skip("nobody here is kept from reading files");
        else
        {
            File.SetUnixFileMode(_folder.File("site/closed"), UnixFileMode.None);
            using var process = GatewayProcess.Start(
                _folder.FullPath, ["compress", "site"], through: Environment.IsPrivilegedProcess ? ["/usr/bin/setpriv", "--bounding-set=-dac_override,-dac_read_search"] : []);
            var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            File.SetUnixFileMode(_folder.File("site/closed"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            Assert.Equal(1, process.ExitCode);
            Assert.StartsWith("gateway: ", Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task MissingFolder_IsAnError() => Assert.Equal(1, await CompressCommand.RunAsync(_folder.File("missing"), force: false));

    private Task<int> RunAsync(bool force = false)
    {
        Directory.CreateDirectory(_folder.File("site"));
        return CompressCommand.RunAsync(_folder.File("site"), force);
    }

    private static string Unpack(Stream stream)
    {
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    public void Dispose() => _folder.Dispose();
}
