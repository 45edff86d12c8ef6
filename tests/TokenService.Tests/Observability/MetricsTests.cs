using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.TokenService.Tests.Observability;

/// <summary>Instruments of one name are one to OpenTelemetry, whichever service of this process they are of; so the tests look for "at least".</summary>
[Collection(nameof(Alone))]
public sealed class MetricsTests : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private TokenServiceApp _service = null!;

    public ValueTask InitializeAsync()
    {
        _service = TokenServiceApp.Start(
            new Dictionary<string, string?> { ["Kestrel:Endpoints:Management:Url"] = "http://127.0.0.1:0", ["Revocations:FeedKeyFile"] = _folder.Write("feed-key", "feed-secret-of-32-characters-00000") });
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task SignInsRefreshesAndEndedSessions_AreCounted()
    {
        var (open, management) = await ListenersAsync();
        using var client = Client.For(open);
        var pair = await PostAsync(client, "/api/token/", $$"""{"username":"alice","password":"{{TokenServiceApp.Password}}"}""");
        await PostAsync(client, "/api/token/", """{"username":"alice","password":"wrong-one"}""");
        await PostAsync(client, "/api/token/", """{"username":"nobody-of-metrics","password":"wrong-one"}""");
        var refresh = Regex.Match(pair, "\"refresh\":\"([^\"]+)\"").Groups[1].Value;
        await PostAsync(client, "/api/token/refresh/", $$"""{"refresh":"{{refresh}}"}""");
        await PostAsync(client, "/api/token/blacklist/", $$"""{"refresh":"{{refresh}}"}""");

        foreach (var metric in new[]
        {
            "token_service_sign_ins_total\\{[^}]*outcome=\"Succeeded\"", "token_service_sign_ins_total\\{[^}]*outcome=\"WrongPassword\"",
            "token_service_sign_ins_total\\{[^}]*outcome=\"UnknownUser\"", "token_service_refreshes_total\\{[^}]*outcome=\"Issued\"",
            "token_service_sessions_started_total\\{", "token_service_sessions_ended_total\\{[^}]*reason=\"SignedOut\"", "token_service_hashing_pending\\{",
            "token_service_hashing_limit\\{", "token_service_keys\\{[^}]*state=\"Current\"\\} [1-9]", "token_service_keys_signing_for_seconds\\{",
            "token_service_revocations_entries\\{", "token_service_revocations_level\\{", "http_server_request_duration_seconds_count\\{", "kestrel_active_connections\\{",
        })
            await HasAsync(management, metric);
        Assert.DoesNotContain("nobody-of-metrics", await ScrapeAsync(management), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FeedConnections_AreCounted()
    {
        var (open, management) = await ListenersAsync();
        using (var client = Client.For(open))
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/revocations/feed") { Headers = { Authorization = new("Bearer", "feed-secret-of-32-characters-00000") } };
            using var feed = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, feed.StatusCode);
            await HasAsync(management, "token_service_feeds\\{[^}]*\\} [1-9]");
        }
    }

    [Fact]
    public async Task Collector_GetsMetricsWithoutAManagementListener_AndNoSecret()
    {
        await using var collector = await FakeCollector.StartAsync();
        await using (var service = TokenServiceApp.Start(new Dictionary<string, string?> { ["Telemetry:OtlpEndpoint"] = collector.Address.AbsoluteUri }))
        {
            using var client = Client.For(service.Address);
            await PostAsync(client, "/api/token/?next=query-of-export", $$"""{"username":"alice","password":"{{TokenServiceApp.Password}}"}""");
        }

        // What is left at the end is sent while the service is disposed of, on a thread of its own.
        await Until.TrueAsync(() => collector.Text("metrics").Contains("token_service.sign_ins", StringComparison.Ordinal), "the collector has the metrics");
        foreach (var secret in new[] { "alice", TokenServiceApp.Password, "query-of-export" }) Assert.DoesNotContain(secret, collector.Text("metrics") + collector.Text("traces"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ManagementAndTheRest_AreApart()
    {
        var (open, management) = await ListenersAsync();
        foreach (var path in new[] { "/api/token/", "/.well-known/jwks.json", "/docs", "/" }) Assert.Equal(404, RawHttp.Status(await RawHttp.RequestAsync(management, "GET", path)));
        foreach (var host in new[] { open.Authority, management.Authority })
        {
            var answer = await RawHttp.SendAsync(open, $"GET /metrics HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n", TestContext.Current.CancellationToken);
            Assert.Equal(404, RawHttp.Status(answer));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _service.DisposeAsync();
        _folder.Dispose();
    }

    private async Task<(Uri Open, Uri Management)> ListenersAsync()
    {
        foreach (var address in _service.Listeners)
        {
            if (RawHttp.Status(await RawHttp.RequestAsync(address, "GET", "/metrics")) == 200) return (_service.Listeners.Single(a => a != address), address);
        }

        throw new InvalidOperationException("no listener answers /metrics");
    }

    private static async Task HasAsync(Uri management, string metric)
    {
        var page = "";
        await Until.TrueAsync(
            async () => Regex.IsMatch(page = await ScrapeAsync(management), "^" + metric, RegexOptions.Multiline),
            () => $"{metric} is not among\n{page}");
    }

    private static async Task<string> ScrapeAsync(Uri management)
    {
        using var client = Client.For(management);
        return await client.GetStringAsync(new Uri("/metrics", UriKind.Relative), TestContext.Current.CancellationToken);
    }

    private static async Task<string> PostAsync(HttpClient client, string path, string json)
    {
        using var body = new StringContent(json, Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync(new Uri(path, UriKind.Relative), body, TestContext.Current.CancellationToken);
        return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }
}

/// <summary>Runs when no other test does: a service that ends takes instruments of the same name with it, for all services of the process.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
