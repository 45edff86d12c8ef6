using System.Diagnostics;
using Xunit;

namespace FrontDoor.Gateway.Tests.StaticFiles;

/// <summary>What a path may lead to: what lies below the root, by its own name.</summary>
public sealed class ContainmentTests : IAsyncLifetime
{
    private const string Secret = "not for you to read";

    private ServedFolder _site = null!;

    public async ValueTask InitializeAsync() => _site = await ServedFolder.StartAsync(folder =>
    {
        folder.Write("secret.txt", Secret);
        folder.Write("outside/secret.txt", Secret);
        folder.Write("site/docs/a.txt", "inside");
        folder.Write("site/ä b+c.txt", "inside");
        folder.Write("site/.well-known/x/y.txt", "inside");
        folder.Write("site/.env", Secret);
        folder.Write("site/.git/config", Secret);
        folder.Write("site/..data/v1/k.txt", "inside");
        File.CreateSymbolicLink(folder.File("site/file-out.txt"), folder.File("secret.txt"));
        File.CreateSymbolicLink(folder.File("site/relative-out.txt"), "../secret.txt");
        File.CreateSymbolicLink(folder.File("site/chain-out.txt"), "file-out.txt");
        Directory.CreateSymbolicLink(folder.File("site/folder-out"), folder.File("outside"));
        Directory.CreateSymbolicLink(folder.File("site/sibling-out"), folder.File("site-other"));
        folder.Write("site-other/secret.txt", Secret);
        File.CreateSymbolicLink(folder.File("site/loop.txt"), "loop.txt");
        File.CreateSymbolicLink(folder.File("site/nowhere.txt"), "nothing.txt");
        File.CreateSymbolicLink(folder.File("site/file-in.txt"), "docs/a.txt");
        File.CreateSymbolicLink(folder.File("site/absolute-in.txt"), folder.File("site/docs/a.txt"));
        Directory.CreateSymbolicLink(folder.File("site/folder-in"), "docs");
        File.CreateSymbolicLink(folder.File("site/docs/out-and-in.txt"), "../../site/docs/a.txt");
        // As Kubernetes mounts a ConfigMap.
        Directory.CreateSymbolicLink(folder.File("site/..current"), "..data/v1");
        File.CreateSymbolicLink(folder.File("site/k.txt"), "..current/k.txt");
    });

    [Theory]
    [InlineData("/docs/a.txt")]
    [InlineData("/%C3%A4%20b+c.txt")]
    [InlineData("/.well-known/x/y.txt")]
    [InlineData("/file-in.txt")]
    [InlineData("/absolute-in.txt")]
    [InlineData("/folder-in/a.txt")]
    [InlineData("/docs/out-and-in.txt")]
    [InlineData("/k.txt")]
    public async Task Inside_IsServed(string target)
    {
        var answer = await _site.GetAsync(target);
        Assert.Equal((200, "inside"), (answer.Status, answer.Body));
    }

    [Theory]
    [InlineData("/file-out.txt")]
    [InlineData("/relative-out.txt")]
    [InlineData("/chain-out.txt")]
    [InlineData("/folder-out/secret.txt")]
    [InlineData("/folder-out")]
    [InlineData("/folder-out/")]
    [InlineData("/sibling-out/secret.txt")]
    [InlineData("/loop.txt")]
    [InlineData("/nowhere.txt")]
    [InlineData("/.env")]
    [InlineData("/.git/config")]
    [InlineData("/.git/")]
    [InlineData("/..data/v1/k.txt")]
    [InlineData("/%C3%A4%20b%20c.txt")]
    [InlineData("/DOCS/A.TXT")]
    [InlineData("/docs/a.txt/")]
    [InlineData("/docs/a.txt/b")]
    [InlineData("/docs/%C3%BC.txt")]
    public async Task OutsideHiddenOrMissing_Is404(string target)
    {
        foreach (var method in new[] { "GET", "POST" })
        {
            var answer = await _site.AskAsync(method, target);
            Assert.Equal((method, 404), (method, answer.Status));
            Assert.DoesNotContain(Secret, answer.Body, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("/../secret.txt")]
    [InlineData("/docs/../docs/a.txt")]
    [InlineData("/%2e%2e/secret.txt")]
    [InlineData("/..%2fsecret.txt")]
    [InlineData("/docs%2fa.txt")]
    [InlineData("//docs/a.txt")]
    [InlineData("/docs\\a.txt")]
    [InlineData("/docs/a.txt%00")]
    [InlineData("/%zz")]
    public async Task AmbiguousPath_IsRefusedByTheEdge(string target) => Assert.Equal(400, (await _site.GetAsync(target)).Status);

    [Fact]
    public async Task NameTooLong_Is404() => Assert.Equal(404, (await _site.GetAsync("/" + new string('x', 300))).Status);

    [Fact]
    public async Task Pipe_Is404AndBlocksNobody()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no pipes among files");
        using (var mkfifo = Process.Start("mkfifo", _site.Folder.File("site/pipe"))) await mkfifo.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(404, (await _site.GetAsync("/pipe")).Status);
    }

    [Fact]
    public async Task FileThatMayNotBeRead_Is404AndInTheLog()
    {
        if (OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess)
        {
            Assert.Skip("this user may read every file");
            return;
        }

        File.SetUnixFileMode(_site.Folder.Write("site/closed.txt", "secret"), UnixFileMode.None);
        Assert.Equal(404, (await _site.GetAsync("/closed.txt")).Status);
        Assert.Contains(_site.App.Logs.All, line => line.Contains("A static file cannot be read", StringComparison.Ordinal));
    }

    [Fact]
    public async Task LinksOutOfRoot_CanBeAllowed()
    {
        await using var site = await ServedFolder.StartAsync(
            folder => File.CreateSymbolicLink(folder.File("site/out.txt"), folder.Write("elsewhere.txt", "elsewhere")), ("LinksOutOfRoot", "true"));
        Assert.Equal("elsewhere", (await site.GetAsync("/out.txt")).Body);
    }

    [Fact]
    public async Task Dotfiles_CanBeAllowed()
    {
        await using var site = await ServedFolder.StartAsync(folder => folder.Write("site/.config/a.txt", "a"), ("Dotfiles", "true"));
        Assert.Equal("a", (await site.GetAsync("/.config/a.txt")).Body);
    }

    [Fact]
    public async Task RootThatIsALink_MayBeSwapped()
    {
        await using var site = await ServedFolder.StartAsync(
            folder =>
            {
                foreach (var version in new[] { "v1", "v2" })
                    File.SetLastWriteTimeUtc(folder.Write($"{version}/a.txt", version), DateTime.UnixEpoch);
                Directory.CreateSymbolicLink(folder.File("current"), folder.File("v1"));
            },
            ("Root", "current"),
            ("Cache:CheckEvery", "00:00:00"));
        Assert.Equal("v1", (await site.GetAsync("/a.txt")).Body);
        Directory.Delete(site.Folder.File("current"));
        Directory.CreateSymbolicLink(site.Folder.File("current"), site.Folder.File("v2"));
        Assert.Equal("v2", (await site.GetAsync("/a.txt")).Body);
    }

    public ValueTask DisposeAsync() => _site.DisposeAsync();
}
