using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using FrontDoor.Gateway.Tests.Forwarding;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.Observability;

/// <summary>Names of routes, clusters and limits are this test's own: instruments of one name are one to OpenTelemetry, whichever gateway of the process they are of.</summary>
[Collection(nameof(Alone))]
public sealed class MetricsTests : IAsyncLifetime
{
    // More than instruments get that have no tag of which there are many.
    private const int ManyRoutes = 300;

    private readonly TestFolder _folder = new();
    private FakeIssuer _issuer = null!;
    private TestServer _backend = null!;
    private GatewayApp _gateway = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _issuer = await FakeIssuer.StartAsync();
        _backend = await TestServer.StartAsync(async context =>
        {
            if (context.Request.Path.Value!.EndsWith("/hang", StringComparison.Ordinal)) await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            context.Response.StatusCode = context.Request.Path.Value!.EndsWith("/fail", StringComparison.Ordinal) ? 503 : 200;
        });
        File.SetLastWriteTimeUtc(_folder.Write("a.txt", "a"), DateTime.UnixEpoch);
        var settings = new Dictionary<string, string?>
        {
            ["StaticSites:measured-site:Root"] = _folder.FullPath,
            ["StaticSites:measured-site:PathPrefix"] = "/measured-files",
            ["StaticSites:measured-site:Cache:CheckEvery"] = "00:01:00",
            ["ReverseProxy:Routes:measured:ClusterId"] = "measured-cluster",
            ["ReverseProxy:Routes:measured:Match:Path"] = "/measured/{**rest}",
            ["ReverseProxy:Routes:measured-open:ClusterId"] = "measured-cluster",
            ["ReverseProxy:Routes:measured-open:AuthorizationPolicy"] = "Anonymous",
            ["ReverseProxy:Routes:measured-open:RateLimiterPolicy"] = "measured-limit",
            ["ReverseProxy:Routes:measured-open:Match:Path"] = "/measured-open/{**rest}",
            ["ReverseProxy:Routes:measured-hanging:ClusterId"] = "hanging-cluster",
            ["ReverseProxy:Routes:measured-hanging:Match:Path"] = "/hanging/{**rest}",
            ["ReverseProxy:Clusters:hanging-cluster:Destinations:one:Address"] = _backend.Address.AbsoluteUri,
            ["Resilience:Clusters:hanging-cluster:AttemptTimeout"] = "00:00:00.050",
            ["RateLimits:measured-limit:Permits"] = "2",
            ["RateLimits:measured-limit:Window"] = "01:00:00",
            ["ReverseProxy:Clusters:measured-cluster:Destinations:one:Address"] = _backend.Address.AbsoluteUri,
            ["ReverseProxy:Clusters:measured-cluster:Destinations:two:Address"] = new Uri(_backend.Address, "/").AbsoluteUri.Replace("127.0.0.1", "localhost", StringComparison.Ordinal),
            ["Resilience:Clusters:measured-cluster:Retries"] = "1",
            ["Resilience:Clusters:measured-cluster:CircuitBreaker:MinimumThroughput"] = "100",
        };
        for (var i = 0; i < ManyRoutes; i++)
        {
            settings[$"ReverseProxy:Routes:measured-{i}:ClusterId"] = "measured-cluster";
            settings[$"ReverseProxy:Routes:measured-{i}:AuthorizationPolicy"] = "Anonymous";
            settings[$"ReverseProxy:Routes:measured-{i}:Match:Path"] = $"/measured-{i}";
        }

        _gateway = await GatewayApp.StartAsync(_issuer.Trust, _backend.Address, settings);
        _client = Client.For(_gateway.Address);
    }

    [Fact]
    public async Task Requests_AreCountedByRouteClusterAndStatusClass_AndByNothingElse()
    {
        await SendAsync("/measured/secret-path?token=secret-query", _issuer.Token());
        await SendAsync("/measured/secret-path/2", _issuer.Token());
        await SendAsync("/measured/x", null);
        await SendAsync("/measured/fail", _issuer.Token());

        await MetricAsync("gateway_request_duration_seconds_count", "cluster=\"measured-cluster\",route=\"measured\",status=\"2xx\"", 2);
        await MetricAsync("gateway_request_duration_seconds_count", "cluster=\"measured-cluster\",route=\"measured\",status=\"4xx\"", 1);
        await MetricAsync("gateway_request_duration_seconds_count", "cluster=\"measured-cluster\",route=\"measured\",status=\"5xx\"", 1);
        await MetricAsync("gateway_upstream_further_attempts_total", "cluster=\"measured-cluster\"", 1);
        await MetricAsync("gateway_upstream_events_total", "event=\"OnRetry\",pipeline=\"measured-cluster\"", 1);
        await MetricAsync("gateway_destination_healthy", "cluster=\"measured-cluster\",destination=\"one\"", 1);
        await MetricAsync("gateway_destination_circuit_open", "cluster=\"measured-cluster\",destination=\"two\"", 0);
        var page = await ScrapeAsync();
        Assert.DoesNotContain("secret", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ManyRoutes_AreCountedEachForItself()
    {
        for (var i = 0; i < ManyRoutes; i++) await SendAsync($"/measured-{i}", null);

        await MetricAsync("gateway_request_duration_seconds_count", $"cluster=\"measured-cluster\",route=\"measured-{ManyRoutes - 1}\",status=\"2xx\"", 1);
        var page = await ScrapeAsync();
        Assert.Equal(ManyRoutes, Enumerable.Range(0, ManyRoutes).Count(i => page.Contains($"route=\"measured-{i}\",status=\"2xx\"", StringComparison.Ordinal)));
        Assert.DoesNotContain("otel_metric_overflow", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TimeoutsOfBothAttempts_AreCounted()
    {
        await SendAsync("/hanging/hang", _issuer.Token());
        await MetricAsync("gateway_upstream_events_total", "event=\"OnTimeout\",pipeline=\"hanging-cluster\"", 2);
    }

    [Fact]
    public async Task FilesInMemory_AreCounted()
    {
        for (var i = 0; i < 3; i++) await SendAsync("/measured-files/a.txt", null);
        await MetricAsync("gateway_files_cache_hits_total", "site=\"measured-site\"", 2);
        await MetricAsync("gateway_files_cache_entries", "site=\"measured-site\"", 1);
        Assert.Matches("gateway_files_cache_misses_total\\{[^}]*site=\"measured-site\"", await ScrapeAsync());
        Assert.Matches("gateway_files_cache_size_bytes\\{[^}]*site=\"measured-site\"[^}]*\\} [1-9]", await ScrapeAsync());
    }

    [Fact]
    public async Task RefusalsByALimit_AreCounted()
    {
        for (var i = 0; i < 3; i++) await SendAsync("/measured-open/x", null);
        await MetricAsync("gateway_rate_limits_refused_total", "limit=\"measured-limit\",route=\"measured-open\"", 1);
    }

    [Theory]
    [InlineData("gateway_authentication_results_total{")]
    [InlineData("gateway_config_generation")]
    [InlineData("gateway_config_faults")]
    [InlineData("gateway_token_cache_entries")]
    [InlineData("gateway_streams_live")]
    [InlineData("gateway_issuer_keys")]
    [InlineData("gateway_issuer_key_fetches_total")]
    [InlineData("gateway_issuer_key_fetch_failures_total")]
    [InlineData("gateway_destination_active")]
    [InlineData("gateway_files_cache_hits_total")]
    [InlineData("gateway_files_cache_misses_total")]
    [InlineData("gateway_files_cache_entries")]
    [InlineData("gateway_files_cache_size_bytes")]
    [InlineData("kestrel_active_connections")]
    [InlineData("dotnet_gc_collections_total")]
    public async Task EveryMetricOfTheTable_IsThere(string name)
    {
        await SendAsync("/measured/x", _issuer.Token());
        Assert.Contains("\n" + name, await ScrapeAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_AreNotOnThePublicListener()
    {
        var answer = await RawHttp.RequestAsync(_gateway.Address, "GET", "/metrics");
        Assert.DoesNotContain("gateway_", answer, StringComparison.Ordinal);
        Assert.Equal(404, RawHttp.Status(answer));
    }

    [Fact]
    public async Task SwitchedOff_ThereAreNone()
    {
        await using var gateway = await GatewayApp.StartAsync(_issuer.Trust, _backend.Address, new Dictionary<string, string?> { ["Telemetry:Prometheus"] = "false" });
        using var client = Client.For(gateway.ManagementAddress);
        using var answer = await client.GetAsync(new Uri("/metrics", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _gateway.DisposeAsync();
        await _backend.DisposeAsync();
        await _issuer.DisposeAsync();
        _folder.Dispose();
    }

    // Counted when the answer is already here; and a page is kept for a moment.
    private async Task MetricAsync(string name, string labels, double value)
    {
        var page = "";
        var line = new Regex($"^{name}\\{{[^}}]*{Regex.Escape(labels)}[^}}]*\\}} (?<value>[0-9.]+)", RegexOptions.Multiline);
        await Until.TrueAsync(
            async () => line.Match(page = await ScrapeAsync()) is { Success: true } found && double.Parse(found.Groups["value"].ValueSpan, CultureInfo.InvariantCulture) == value,
            () => $"{name}{{{labels}}} did not become {value}:\n{string.Join('\n', page.Split('\n').Where(l => l.StartsWith(name, StringComparison.Ordinal)))}");
    }

    private async Task<string> ScrapeAsync()
    {
        using var management = Client.For(_gateway.ManagementAddress);
        return await management.GetStringAsync(new Uri("/metrics", UriKind.Relative), TestContext.Current.CancellationToken);
    }

    private async Task SendAsync(string target, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, target);
        if (token is not null) request.Headers.Authorization = new("Bearer", token);
        using var answer = await _client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
