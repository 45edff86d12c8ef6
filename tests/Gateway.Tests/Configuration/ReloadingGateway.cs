using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using FrontDoor.TestKit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace FrontDoor.Gateway.Tests.Configuration;

/// <summary>A gateway whose configuration file the test changes while it runs.</summary>
internal sealed class ReloadingGateway : IAsyncDisposable
{
    private readonly TestFolder _folder;
    private readonly GatewayApp _app;

    private ReloadingGateway(FakeIssuer issuer, TestServer backend, TestFolder folder, GatewayApp app)
    {
        (Issuer, Backend, _folder, _app, Client, Management) = (issuer, backend, folder, app, TestKit.Client.For(app.Address), TestKit.Client.For(app.ManagementAddress));
        Settings = Initial(issuer, backend);
    }

    public FakeIssuer Issuer { get; }

    public TestServer Backend { get; }

    public HttpClient Client { get; }

    public HttpClient Management { get; }

    public LogLines Logs => _app.Logs;

    public IServiceProvider Services => _app.Services;

    /// <summary>What the file holds; change it, then have it taken or refused.</summary>
    public Dictionary<string, string?> Settings { get; }

    public string File => _folder.File("appsettings.json");

    private int Taken => Logs.All.Count(l => l.Contains(" is in force: ", StringComparison.Ordinal));

    /// <param name="settings">Beside the route <c>/r/{**rest}</c> with policy <c>gate</c>, which demands the role a, and the open <c>/open</c>.</param>
    /// <param name="answer">Of the back end.</param>
    public static async Task<ReloadingGateway> StartAsync(Dictionary<string, string?>? settings = null, Microsoft.AspNetCore.Http.RequestDelegate? answer = null)
    {
        var (issuer, backend, folder) = (await FakeIssuer.StartAsync(), await TestServer.StartAsync(answer), new TestFolder());
        var all = Initial(issuer, backend);
        foreach (var (path, value) in settings ?? []) all[path] = value;
        folder.Write("appsettings.json", Json(all));
        var gateway = new ReloadingGateway(issuer, backend, folder, await GatewayApp.StartOnAsync(folder, new Dictionary<string, string?>()));
        foreach (var (path, value) in settings ?? []) gateway.Settings[path] = value;
        return gateway;
    }

    /// <summary>Writes the settings and returns when they are in force.</summary>
    public async Task TakenAsync()
    {
        var before = Taken;
        Write(Json(Settings));
        await Until.TrueAsync(() => Taken > before, "the changed configuration is taken");
    }

    /// <summary>Writes this text and returns when it was refused for this reason.</summary>
    public async Task RefusedAsync(string text, string reason)
    {
        Write(text);
        await Until.TrueAsync(() => Reported(reason), $"a fault is reported: {reason}");
    }

    /// <summary>Writes the settings and returns when they were refused for this reason.</summary>
    public Task RefusedAsync(string reason) => RefusedAsync(Json(Settings), reason);

    public bool Reported(string reason) => Logs.All.Any(l => l.Contains("is not taken", StringComparison.Ordinal) && l.Contains(reason, StringComparison.Ordinal));

    /// <summary>Sends a GET, with a token that has this role.</summary>
    public Task<HttpResponseMessage> GetAsync(string path, string? role = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (role is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token(role));
        return Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public string Token(string role, string audience = FakeIssuer.Audience) => Issuer.Token(claims => (claims["roles"], claims["aud"]) = (new[] { role }, audience));

    /// <param name="health">What it becomes.</param>
    /// <param name="each">Done before each look.</param>
    public Task HealthAsync(string health, Action? each = null) => Until.TrueAsync(
        () =>
        {
            each?.Invoke();
            return Management.GetStringAsync(new Uri("/health/ready", UriKind.Relative)).GetAwaiter().GetResult() == health;
        },
        $"health is {health}");

    /// <summary>Has the host look at its files at once; its own watcher takes a quarter of a second.</summary>
    public void Write(string text)
    {
        // In one step: a look at half of it would be one refusal more.
        System.IO.File.WriteAllText(File + ".new", text);
        System.IO.File.Move(File + ".new", File, overwrite: true);
        Look();
    }

    public void Look()
    {
        try
        {
            ((IConfigurationRoot)_app.Services.GetRequiredService<IConfiguration>()).Reload();
        }
        catch (InvalidDataException)
        {
            // Not JSON; that is what the gateway has to say.
        }
    }

    public static string Json(Dictionary<string, string?> settings)
    {
        var root = new JsonObject();
        foreach (var (path, value) in settings.Where(s => s.Value is not null))
        {
            var names = path.Split(':');
            var parent = names[..^1].Aggregate(root, (at, name) => (JsonObject)(at[name] ??= new JsonObject()));
            parent[names[^1]] = value;
        }

        return root.ToJsonString();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Management.Dispose();
        await _app.DisposeAsync();
        await Backend.DisposeAsync();
        await Issuer.DisposeAsync();
        _folder.Dispose();
    }

    private static Dictionary<string, string?> Initial(FakeIssuer issuer, TestServer backend) => new()
    {
        ["Kestrel:Endpoints:Public:Url"] = "http://127.0.0.1:0",
        ["Issuers:main:Issuer"] = issuer.Trust.Issuer,
        ["Issuers:main:MetadataAddress"] = new Uri(issuer.Trust.Documents, "/.well-known/openid-configuration").AbsoluteUri,
        ["Issuers:main:Audiences:0"] = FakeIssuer.Audience,
        ["Policies:gate:Roles:Any:0"] = "a",
        ["ReverseProxy:Routes:r:ClusterId"] = "c",
        ["ReverseProxy:Routes:r:AuthorizationPolicy"] = "gate",
        ["ReverseProxy:Routes:r:Match:Path"] = "/r/{**rest}",
        ["ReverseProxy:Routes:open:ClusterId"] = "c",
        ["ReverseProxy:Routes:open:AuthorizationPolicy"] = "Anonymous",
        ["ReverseProxy:Routes:open:Match:Path"] = "/open",
        ["ReverseProxy:Clusters:c:Destinations:d:Address"] = backend.Address.AbsoluteUri,
    };
}
