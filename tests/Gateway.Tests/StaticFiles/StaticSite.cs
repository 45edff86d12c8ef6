using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.StaticFiles;

/// <summary>A gateway that serves a folder of the test's own, beside which lies what nobody may read.</summary>
public sealed class StaticSite : IAsyncLifetime
{
    /// <summary>What stands in each file that nobody may read.</summary>
    public const string Secret = "not for you to read";

    private readonly TestFolder _folder = new();
    private FakeIssuer _issuer = null!;
    private TestServer _backend = null!;

    public GatewayApp App { get; private set; } = null!;

    public HttpClient Client { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _folder.Write("secret.txt", Secret);
        _folder.Write("site/index.html", "<title>start</title>");
        _folder.Write("site/docs/index.html", "<title>docs</title>");
        _folder.Write("site/app.js", "let a = 1;");
        _folder.Write("site/app.js.map", "{}");
        _folder.Write("site/module.mjs", "export {};");
        _folder.Write("site/style.css", "a {}");
        _folder.Write("site/icon.svg", "<svg/>");
        _folder.Write("site/data.json", "{}");
        _folder.Write("site/font.woff2", "font");
        _folder.Write("site/blob.xyz", "0123456789");
        _folder.Write("site/noextension", "plain");
        _folder.Write("site/.env", Secret);
        _folder.Write("site/.git/config", Secret);
        _folder.Write("site/.git/objects/data.txt", Secret);
        _folder.Write("site/docs/.hidden/page.html", Secret);
        _folder.Write("site/.well-known/security.txt", "Contact: mailto:a@b.test");
        _folder.Write("site/.well-known/.secret/x.txt", Secret);
        _issuer = await FakeIssuer.StartAsync();
        _backend = await TestServer.StartAsync();
        App = await GatewayApp.StartAsync(_issuer.Trust, _backend.Address, new Dictionary<string, string?> { ["StaticSites:web:Root"] = _folder.File("site") });
        Client = TestKit.Client.For(App.Address);
    }

    public Task<HttpResponseMessage> SendAsync(string path, HttpMethod? method = null, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method ?? HttpMethod.Get, path);
        foreach (var (name, value) in headers) Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        return Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await App.DisposeAsync();
        await _backend.DisposeAsync();
        await _issuer.DisposeAsync();
        _folder.Dispose();
    }
}
