using System.Collections.Concurrent;
using System.Net;
using FrontDoor.Gateway.StaticFiles;
using FrontDoor.Gateway.Tests.Configuration;
using FrontDoor.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace FrontDoor.Gateway.Tests.StaticFiles;

/// <summary>Sites of a configuration that changes.</summary>
public sealed class SiteReloadTests : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private ReloadingGateway _gateway = null!;

    public async ValueTask InitializeAsync()
    {
        foreach (var version in new[] { "one", "two" })
        {
            _folder.Write($"{version}/a.txt", version);
            _folder.Write($"{version}/large.txt", new string(version[0], 300_000));
        }

        _gateway = await ReloadingGateway.StartAsync();
    }

    [Fact]
    public async Task Site_FollowsTheFile()
    {
        Assert.Equal((HttpStatusCode.NotFound, null), await AskAsync("/a.txt"));
        await TakeAsync(("web:Root", _folder.File("one")));
        Assert.Equal((HttpStatusCode.OK, "one"), await AskAsync("/a.txt"));
        await TakeAsync(("web:Root", _folder.File("two")));
        Assert.Equal((HttpStatusCode.OK, "two"), await AskAsync("/a.txt"));
        await TakeAsync(("web:PathPrefix", "/docs"));
        Assert.Equal((HttpStatusCode.NotFound, null), await AskAsync("/a.txt"));
        Assert.Equal((HttpStatusCode.OK, "two"), await AskAsync("/docs/a.txt"));
        await TakeAsync(("web:Root", null), ("web:PathPrefix", null));
        Assert.Equal((HttpStatusCode.NotFound, null), await AskAsync("/docs/a.txt"));
    }

    [Fact]
    public async Task FaultySite_LeavesTheFormerOne()
    {
        await TakeAsync(("web:Root", _folder.File("one")));
        _gateway.Settings["StaticSites:web:Root"] = _folder.File("three");
        await _gateway.RefusedAsync("StaticSites:web:Root names a folder that does not exist");
        Assert.Equal((HttpStatusCode.OK, "one"), await AskAsync("/a.txt"));
    }

    [Fact]
    public async Task UnchangedSite_KeepsItsMemory_AndAChangedOneStartsAnew()
    {
        await TakeAsync(("web:Root", _folder.File("one")));
        await AskAsync("/a.txt");
        var former = Site;
        Assert.Equal(1, former.CacheStatistics.CurrentEntryCount);

        _gateway.Settings["Policies:other:Roles:Any:0"] = "x";
        await _gateway.TakenAsync();
        Assert.Equal(1, Site.CacheStatistics.CurrentEntryCount);
        Assert.Equal((HttpStatusCode.OK, "one"), await AskAsync("/a.txt"));

        await TakeAsync(("web:CacheControl", "max-age=60"));
        Assert.Equal((0, 0), (Site.CacheStatistics.CurrentEntryCount, former.CacheStatistics.CurrentEntryCount));
        using var answer = await _gateway.GetAsync("/a.txt");
        Assert.Equal("max-age=60", answer.Headers.CacheControl?.ToString());
    }

    [Fact]
    public async Task GuardedSite_FollowsItsPolicy()
    {
        await TakeAsync(("web:Root", _folder.File("one")), ("web:PathPrefix", "/docs"), ("web:Policy", "gate"));
        Assert.Equal((HttpStatusCode.OK, "one"), await AskAsync("/docs/a.txt", "a"));
        _gateway.Settings["Policies:gate:Roles:Any:0"] = "b";
        await _gateway.TakenAsync();
        Assert.Equal((HttpStatusCode.Forbidden, null), await AskAsync("/docs/a.txt", "a"));
        Assert.Equal((HttpStatusCode.OK, "one"), await AskAsync("/docs/a.txt", "b"));
        await TakeAsync(("web:Policy", null));
        Assert.Equal((HttpStatusCode.OK, "one"), await AskAsync("/docs/a.txt"));
    }

    [Theory]
    [InlineData("1048576")]
    [InlineData("0")]
    public async Task RequestsDuringManyReloads_AreAnsweredWithOneVersion(string maxFileBytes)
    {
        await TakeAsync(("web:Root", _folder.File("one")), ("web:Cache:MaxFileBytes", maxFileBytes));
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var seen = new ConcurrentDictionary<(string Path, HttpStatusCode, string? Text), int>();
        var load = new[] { "/a.txt", "/large.txt", "/a.txt", "/large.txt" }.Select(async path =>
        {
            while (!enough.IsCancellationRequested)
            {
                var (status, text) = await AskAsync(path);
                seen.AddOrUpdate((path, status, text), 1, (_, count) => count + 1);
            }
        }).ToArray();

        for (var i = 0; i < 10; i++)
        {
            var version = i % 2 == 0 ? "two" : "one";
            await TakeAsync(("web:Root", _folder.File(version)));
            // Answers of the former site are on their way for a moment.
            var before = seen.Values.Sum();
            await Until.TrueAsync(() => seen.Values.Sum() > before + 8 || load.Any(l => l.IsFaulted), "the load goes on");
            Assert.Equal((HttpStatusCode.OK, version), await AskAsync("/a.txt"));
        }

        await enough.CancelAsync();
        await Task.WhenAll(load);
        Assert.Equal(
            new (string, HttpStatusCode, string?)[] { ("/a.txt", HttpStatusCode.OK, "one"), ("/a.txt", HttpStatusCode.OK, "two"), ("/large.txt", HttpStatusCode.OK, new('o', 300_000)), ("/large.txt", HttpStatusCode.OK, new('t', 300_000)) },
            seen.Keys.Order());
    }

    private Site Site => _gateway.Services.GetRequiredService<ConfiguredSites>().Now.All.Single();

    private async Task TakeAsync(params (string Name, string? Value)[] settings)
    {
        foreach (var (name, value) in settings) _gateway.Settings["StaticSites:" + name] = value;
        await _gateway.TakenAsync();
    }

    private async Task<(HttpStatusCode Status, string? Text)> AskAsync(string path, string? role = null)
    {
        using var answer = await _gateway.GetAsync(path, role);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return (answer.StatusCode, answer.IsSuccessStatusCode ? text : null);
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        _folder.Dispose();
    }
}
