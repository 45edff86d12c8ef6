using System.Net;
using System.Net.Sockets;
using System.Text;
using FrontDoor.TestKit;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace FrontDoor.Gateway.Tests.Resilience;

/// <summary>What is sent once, because its body is not kept, obeys the cluster's limit and circuits all the same.</summary>
public sealed class LargeBodyTests : IAsyncLifetime
{
    private const int Large = 200_000;

    private FakeIssuer _issuer = null!;
    private TestServer _first = null!;
    private TestServer _second = null!;
    private GatewayApp? _gateway;
    private HttpClient _client = null!;
    private RequestDelegate _answer = context => context.Response.WriteAsync("first");

    public async ValueTask InitializeAsync()
    {
        _issuer = await FakeIssuer.StartAsync();
        _first = await TestServer.StartAsync(async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null);
            await _answer(context);
        });
        _second = await TestServer.StartAsync(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            await context.Response.WriteAsync($"second {body.Length}");
        });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task MoreAtOnceThanAllowed_Is503WhateverTheBody(bool chunked)
    {
        await StartAsync(("Concurrency:Limit", "1"));
        var go = new TaskCompletionSource();
        _answer = async context =>
        {
            await go.Task;
            await context.Response.WriteAsync("first");
        };
        var running = PostAsync(Large, chunked);
        await Until.TrueAsync(() => _first.Received.Count == 1, "the first request is under way");
        using (var large = await PostAsync(Large, chunked)) await ProblemAssert.IsAsync(large, HttpStatusCode.ServiceUnavailable, "service_unavailable");
        // The limit is one, not one for each size.
        using (var small = await PostAsync(5, chunked: false)) await ProblemAssert.IsAsync(small, HttpStatusCode.ServiceUnavailable, "service_unavailable");
        go.SetResult();
        using var answer = await running;
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        using var next = await PostAsync(Large, chunked);
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Failures_OpenTheCircuitForAllAndItIsPassedBy(bool chunked)
    {
        await StartAsync(("CircuitBreaker:MinimumThroughput", "2"));
        _answer = context =>
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return Task.CompletedTask;
        };
        for (var i = 0; i < 2; i++)
        {
            // Sent once: the failure is passed on.
            using var failed = await PostAsync(Large, chunked);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, failed.StatusCode);
        }

        using var large = await PostAsync(Large, chunked);
        Assert.Equal($"second {Large}", await large.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        using var small = await PostAsync(5, chunked: false);
        Assert.Equal("second 5", await small.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(2, _first.Received.Count);
    }

    [Theory]
    [InlineData("Transfer-Encoding: chunked", "3\r\nabc\r\nzz\r\n")]
    [InlineData("Content-Length: 200000", "abc")]
    [InlineData("Content-Length: 20", "abc")]
    public async Task UploadsThatClientsSpoil_SpeakAgainstNoDestination(string field, string body)
    {
        await StartAsync(("CircuitBreaker:MinimumThroughput", "2"), ("CircuitBreaker:FailureRatio", "0.1"));
        for (var i = 0; i < 5; i++)
        {
            var before = _first.Received.Count;
            using var client = new TcpClient();
            await client.ConnectAsync(_gateway!.Address.Host, _gateway.Address.Port, TestContext.Current.CancellationToken);
            var request = $"POST /open/x HTTP/1.1\r\nHost: {_gateway.Address.Authority}\r\n{field}\r\n\r\n{body}";
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request), TestContext.Current.CancellationToken);
            if (!field.StartsWith('T')) await Until.TrueAsync(() => _first.Received.Count > before, "the upload is under way");
            // A reset, as when a phone loses its network.
            client.LingerState = new LingerOption(true, 0);
        }

        await Until.TrueAsync(() => _gateway!.Logs.All.Count(l => l.Contains("/open/x", StringComparison.Ordinal)) >= 5, "all five are over");
        using var answer = await PostAsync(Large, chunked: true);
        Assert.Equal("first", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (_gateway is not null) await _gateway.DisposeAsync();
        await _second.DisposeAsync();
        await _first.DisposeAsync();
        await _issuer.DisposeAsync();
    }

    private async Task StartAsync(params (string Name, string Value)[] resilience)
    {
        var settings = new Dictionary<string, string?>
        {
            ["ReverseProxy:Clusters:orders:Destinations:second:Address"] = _second.Address.AbsoluteUri,
            ["ReverseProxy:Routes:open:ClusterId"] = "orders",
            ["ReverseProxy:Routes:open:AuthorizationPolicy"] = "Anonymous",
            ["ReverseProxy:Routes:open:Match:Path"] = "/open/{**rest}",
        };
        foreach (var (name, value) in resilience) settings[$"Resilience:Clusters:orders:{name}"] = value;
        _gateway = await GatewayApp.StartAsync(_issuer.Trust, _first.Address, settings);
        _client = Client.For(_gateway.Address);
    }

    private async Task<HttpResponseMessage> PostAsync(int length, bool chunked)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/open/x") { Content = new ByteArrayContent(new byte[length]), Headers = { TransferEncodingChunked = chunked } };
        return await _client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
