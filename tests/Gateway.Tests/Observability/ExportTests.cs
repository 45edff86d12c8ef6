using System.Net;
using FrontDoor.Gateway.Tests.Management;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.Observability;

/// <summary>With a process of its own: whatever traces in a process sees all of its gateways.</summary>
public sealed class ExportTests : IAsyncLifetime
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";
    private const string ParentId = "b7ad6b7169203331";

    private FakeIssuer _issuer = null!;
    private TestServer _backend = null!;
    private FakeCollector _collector = null!;

    public async ValueTask InitializeAsync()
    {
        _issuer = await FakeIssuer.StartAsync();
        _backend = await TestServer.StartAsync();
        _collector = await FakeCollector.StartAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Collector_GetsTracesMetricsAndLogs_AndNoSecret(bool byEnvironment)
    {
        var token = _issuer.Token(claims => (claims["sub"], claims["name"]) = ("user-of-export", "name-of-export"));
        await AskAsync(
            byEnvironment ? [] : [$"--Telemetry:OtlpEndpoint={_collector.Address}"],
            byEnvironment ? new() { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = _collector.Address.AbsoluteUri, ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf" } : [],
            request =>
            {
                request.Headers.Authorization = new("Bearer", token);
                request.Headers.UserAgent.ParseAdd("browser-of-export/1.0");
            });

        var (traces, metrics, logs) = (_collector.Text("traces"), _collector.Text("metrics"), _collector.Text("logs"));
        foreach (var said in new[] { "GET /guarded/{**rest}", "http.response.status_code", "gateway.route", "Microsoft.AspNetCore", "Yarp.ReverseProxy", "System.Net.Http", "service.name" })
            Assert.Contains(said, traces, StringComparison.Ordinal);
        Assert.Contains(Latin1(TraceId), traces, StringComparison.Ordinal);
        Assert.Contains(Latin1(ParentId), traces, StringComparison.Ordinal);
        Assert.Contains("gateway.request.duration", metrics, StringComparison.Ordinal);
        Assert.Contains("user-of-export", logs, StringComparison.Ordinal);

        foreach (var secret in new[] { token, token.Split('.')[1], "hunter2", "password", "user-of-export", "name-of-export", "browser-of-export" })
            Assert.DoesNotContain(secret, traces + metrics, StringComparison.Ordinal);
        foreach (var secret in new[] { token, "hunter2", "password", "name-of-export" }) Assert.DoesNotContain(secret, logs, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TraceContext_ContinuesAtTheBackEnd_WithTheAttemptAsItsParent()
    {
        await AskAsync([$"--Telemetry:OtlpEndpoint={_collector.Address}"], [], request => request.Headers.Authorization = new("Bearer", _issuer.Token()));

        var arrived = _backend.Received.Single(r => r.Target.StartsWith("/guarded/", StringComparison.Ordinal)).Header("traceparent")!;
        Assert.Matches($"^00-{TraceId}-[0-9a-f]{{16}}-01$", arrived);
        var attempt = arrived.Split('-')[2];
        Assert.NotEqual(ParentId, attempt);
        Assert.Contains(Latin1(attempt), _collector.Text("traces"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ExportSwitchedOffByTheEnvironment_BackEndIsToldTheTraceAllTheSame()
    {
        await AskAsync([$"--Telemetry:OtlpEndpoint={_collector.Address}"], new() { ["OTEL_SDK_DISABLED"] = "true" }, request => request.Headers.Authorization = new("Bearer", _issuer.Token()));

        Assert.Equal("", _collector.Text("traces"));
        var arrived = _backend.Received.Single(r => r.Target.StartsWith("/guarded/", StringComparison.Ordinal)).Header("traceparent")!;
        Assert.Matches($"^00-{TraceId}-[0-9a-f]{{16}}-01$", arrived);
        Assert.DoesNotContain(ParentId, arrived, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unasked_NothingIsSent()
    {
        await AskAsync([], [], _ => { });
        Assert.Equal("", _collector.Text("traces") + _collector.Text("metrics") + _collector.Text("logs"));
    }

    public async ValueTask DisposeAsync()
    {
        await _collector.DisposeAsync();
        await _backend.DisposeAsync();
        await _issuer.DisposeAsync();
    }

    // One request; then the gateway ends, and sends what it has gathered.
    private async Task AskAsync(string[] arguments, Dictionary<string, string> environment, Action<HttpRequestMessage> with)
    {
        using var gateway = new DrainedProcess(_backend, "00:00:00", "00:00:05",
            [
                .. arguments, "--ReverseProxy:Routes:guarded:ClusterId=c", "--ReverseProxy:Routes:guarded:Match:Path=/guarded/{**rest}", $"--Issuers:i:Issuer={FakeIssuer.Name}",
                $"--Issuers:i:MetadataAddress={_issuer.Trust.Documents}.well-known/openid-configuration", $"--Issuers:i:Audiences:0={FakeIssuer.Audience}",
            ], environment);
        await gateway.StartAsync();
        using var client = Client.For(gateway.Public);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/guarded/exported?password=hunter2");
        request.Headers.Add("traceparent", $"00-{TraceId}-{ParentId}-01");
        with(request);
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(request.Headers.Authorization is null ? HttpStatusCode.Unauthorized : HttpStatusCode.OK, answer.StatusCode);
        gateway.Terminate();
        Assert.Equal(0, await gateway.ExitAsync());
    }

    private static string Latin1(string hex) => System.Text.Encoding.Latin1.GetString(Convert.FromHexString(hex));
}
