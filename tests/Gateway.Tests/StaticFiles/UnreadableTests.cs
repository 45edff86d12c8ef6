using System.Runtime.Versioning;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.StaticFiles;

/// <summary>What the gateway may not look at is not there: 404 and a line in the log, never 500.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class UnreadableTests : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private BoundedProcess _gateway = null!;

    public async ValueTask InitializeAsync()
    {
        _folder.Write("appsettings.json", """
            {
              "Kestrel": { "Endpoints": { "Public": { "Url": "http://127.0.0.1:0" } } },
              "StaticSites": {
                "web": { "Root": "closed/site" },
                "big": { "Root": "big", "PathPrefix": "/big", "Listing": true, "Cache": { "MaxFileBytes": 4 }, "ErrorPages": { "404": "lost.html" } }
              }
            }
            """);
        _folder.Write("closed/site/index.html", "start");
        _folder.Write("big/known.txt", "0123456789");
        _folder.Write("big/unknown.txt", "0123456789");
        _folder.Write("big/entered/a.txt", "a");
        File.SetUnixFileMode(_folder.File("big/unknown.txt"), UnixFileMode.None);
        File.SetUnixFileMode(_folder.File("big/entered"), UnixFileMode.UserExecute);
        File.SetUnixFileMode(_folder.Write("big/lost.html", "0123456789"), UnixFileMode.None);
        _gateway = await BoundedProcess.StartAsync(_folder);
    }

    [Fact]
    public async Task RootThatCannotBeLookedAt_HidesNoOtherAnswer()
    {
        Assert.Equal(200, (await _gateway.AskAsync("GET", "/")).Status);
        File.SetUnixFileMode(_folder.File("closed"), UnixFileMode.None);
        Assert.Equal(404, (await _gateway.AskAsync("GET", "/api/orders")).Status);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    public async Task LargeFileThatMayNotBeRead_Is404(string method)
    {
        Assert.Equal(404, (await _gateway.AskAsync(method, "/big/unknown.txt")).Status);
        // Its page may not be read, either.
        Assert.Equal(404, (await _gateway.AskAsync(method, "/big/missing.txt", "Accept: text/html")).Status);
    }

    [Fact]
    public async Task LargeFileThatMayNotBeReadAnyMore_Is404()
    {
        Assert.Equal(200, (await _gateway.AskAsync("GET", "/big/known.txt")).Status);
        File.SetUnixFileMode(_folder.File("big/known.txt"), UnixFileMode.None);
        Assert.Equal(404, (await _gateway.AskAsync("GET", "/big/known.txt")).Status);
    }

    [Fact]
    public async Task FolderThatMayBeEnteredOnly_IsNotListed()
    {
        Assert.Equal(404, (await _gateway.AskAsync("GET", "/big/entered/")).Status);
        Assert.Equal(200, (await _gateway.AskAsync("GET", "/big/entered/a.txt")).Status);
    }

    public ValueTask DisposeAsync()
    {
        _gateway?.Dispose();
        if (Directory.Exists(_folder.File("closed")))
        {
            File.SetUnixFileMode(_folder.File("closed"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            File.SetUnixFileMode(_folder.File("big/entered"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
