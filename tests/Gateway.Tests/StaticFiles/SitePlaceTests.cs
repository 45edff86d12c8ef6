using Xunit;

namespace FrontDoor.Gateway.Tests.StaticFiles;

/// <summary>Which site a request belongs to.</summary>
public sealed class SitePlaceTests : IAsyncLifetime
{
    private ServedFolder _sites = null!;

    public async ValueTask InitializeAsync() => _sites = await ServedFolder.StartAsync(
        folder =>
        {
            foreach (var name in new[] { "site", "docs", "host", "sub" }) folder.Write($"{name}/a.txt", name);
            folder.Write("docs/index.html", "docs index");
            folder.Write("site/only.txt", "only");
        },
        (":StaticSites:docs:Root", "docs"), (":StaticSites:docs:PathPrefix", "/docs"),
        (":StaticSites:host:Root", "host"), (":StaticSites:host:Hosts:0", "example.test"),
        (":StaticSites:any:Root", "docs"), (":StaticSites:any:Hosts:0", "*.exact.test"), (":StaticSites:any:Hosts:1", "other.test"),
        (":StaticSites:exact:Root", "host"), (":StaticSites:exact:Hosts:0", "www.exact.test"),
        (":StaticSites:deep:Root", "sub"), (":StaticSites:deep:Hosts:0", "*.deep.exact.test"),
        (":StaticSites:sub:Root", "sub"), (":StaticSites:sub:Hosts:0", "*.example.test"), (":StaticSites:sub:PathPrefix", "/sub"));

    [Theory]
    [InlineData("localhost", "/a.txt", "site")]
    [InlineData("localhost", "/docs/a.txt", "docs")]
    [InlineData("localhost", "/DOCS/a.txt", "docs")]
    [InlineData("localhost", "/docs/", "docs index")]
    [InlineData("example.test", "/a.txt", "host")]
    [InlineData("EXAMPLE.test:8080", "/a.txt", "host")]
    [InlineData("www.example.test", "/sub/a.txt", "sub")]
    [InlineData("www.exact.test", "/a.txt", "host")]
    [InlineData("api.exact.test", "/a.txt", "docs")]
    [InlineData("other.test", "/a.txt", "docs")]
    [InlineData("www.deep.exact.test", "/a.txt", "sub")]
    [InlineData("www.example.test", "/a.txt", "site")]
    public async Task HostAndLongestPrefix_Decide(string host, string path, string body) => Assert.Equal(body, (await AskAsync(host, path)).Body);

    [Theory]
    [InlineData("localhost", "/docs/only.txt", 404)]
    [InlineData("example.test", "/only.txt", 404)]
    [InlineData("example.test", "/sub/a.txt", 404)]
    [InlineData("localhost", "/docsa.txt", 404)]
    [InlineData("localhost", "/docs", 301)]
    public async Task SiteOwnsItsPlace(string host, string path, int status) => Assert.Equal(status, (await AskAsync(host, path)).Status);

    [Theory]
    [InlineData("other.test", "example.test", false)]
    [InlineData("*.other.test", "www.example.test;example.test", false)]
    [InlineData("example.test", "localhost;*.example.test", false)]
    [InlineData("www.example.test", "localhost;*.example.test", true)]
    [InlineData("*.example.test", "www.EXAMPLE.test", true)]
    [InlineData("other.test", "*", true)]
    public async Task HostThatAllowedHostsDoesNotLetIn_RefusesTheStart(string host, string allowed, bool starts)
    {
        var start = ServedFolder.StartAsync(_ => { }, ("Hosts:0", host), (":AllowedHosts", allowed));
        if (starts) await (await start).DisposeAsync();
        else Assert.Contains($"Hosts has {host}, which AllowedHosts does not let in", (await Assert.ThrowsAsync<FrontDoor.Gateway.Commands.StartupFaultException>(() => start)).Message, StringComparison.Ordinal);
    }

    private async Task<RawAnswer> AskAsync(string host, string path)
    {
        using var client = TestKit.Client.For(_sites.App.Address);
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Host = host } };
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return new((int)answer.StatusCode, new Dictionary<string, string>(), await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public ValueTask DisposeAsync() => _sites.DisposeAsync();
}
