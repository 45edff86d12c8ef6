using FrontDoor.TestKit;

namespace FrontDoor.EndToEnd.Tests;

/// <summary>The project of <c>Django/shop.py</c> on the two usual app servers: gunicorn at a Unix socket, uWSGI with <c>http-socket</c> at a port.</summary>
internal sealed class DjangoServers : IAsyncDisposable
{
    /// <summary>The gateway routes by host, so that both have the same paths.</summary>
    public const string Gunicorn = "127.0.0.1", Uwsgi = "localhost";

    private readonly TestFolder _folder = new();
    private readonly int _port = FreePort.Take();
    private readonly List<ChildProcess> _servers = [];

    private string Socket => _folder.File("shop.sock");

    /// <summary>What the gateway has to know of them.</summary>
    public Dictionary<string, string> GatewaySettings()
    {
        var settings = new Dictionary<string, string>
        {
            ["ReverseProxy__Clusters__gunicorn__Destinations__only__Address"] = $"http://unix:{Socket}",
            ["ReverseProxy__Clusters__uwsgi__Destinations__only__Address"] = $"http://127.0.0.1:{_port}",
        };
        // It closes after each answer and does not say so.
        settings["Upstream__Clusters__uwsgi__ConnectionLifetime"] = "00:00:00";
        foreach (var (cluster, host) in new[] { ("gunicorn", Gunicorn), ("uwsgi", Uwsgi) })
        {
            settings[$"Upstream__Clusters__{cluster}__BufferRequests"] = "true";
            foreach (var (route, path, policy) in new[] { ("user", "/api/django/{**rest}", "Default"), ("open", "/api/django/moved", "Anonymous") })
            {
                settings[$"ReverseProxy__Routes__{cluster}-{route}__ClusterId"] = cluster;
                settings[$"ReverseProxy__Routes__{cluster}-{route}__AuthorizationPolicy"] = policy;
                settings[$"ReverseProxy__Routes__{cluster}-{route}__Match__Path"] = path;
                settings[$"ReverseProxy__Routes__{cluster}-{route}__Match__Hosts__0"] = host;
            }
        }

        return settings;
    }

    public string Output => string.Join('\n', _servers.Select(s => s.Output));

    public async Task StartAsync(Uri gateway)
    {
        var folder = Path.Combine(Repository.Root, "tests", "EndToEnd.Tests", "Django");
        var environment = new Dictionary<string, string>
        {
            ["JWK_URL"] = new Uri(gateway, "/.well-known/jwks.json").AbsoluteUri,
            ["ISSUER"] = "http://localhost:8080",
            ["NO_PROXY"] = "127.0.0.1",
            ["PYTHONDONTWRITEBYTECODE"] = "1",
        };
        _servers.Add(ChildProcess.Start("gunicorn", ["--bind", $"unix:{Socket}", "--workers", "1", "--threads", "4", "shop:application"], folder, environment));
        _servers.Add(ChildProcess.Start(
            "uwsgi", ["--plugin", "python3", "--http-socket", $"127.0.0.1:{_port}", "--master", "--threads", "4", "--die-on-term", "--need-app", "--module", "shop:application"], folder, environment));
        using var client = Client.For(gateway);
        foreach (var host in new[] { Gunicorn, Uwsgi })
        {
            await Until.TrueAsync(
                async () =>
                {
                    using var request = new HttpRequestMessage(HttpMethod.Get, "/api/django/moved/") { Headers = { Host = host } };
                    using var answer = await client.SendAsync(request);
                    return (int)answer.StatusCode == 302;
                },
                () => $"Django answers at {host}: {Output}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers) await server.DisposeAsync();
        _folder.Dispose();
    }
}
