using System.Net;
using FrontDoor.TestKit;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace FrontDoor.Gateway.Tests.Resilience;

/// <summary>The cluster orders asks its first destination first; what is said there decides whether the second is asked.</summary>
public sealed class RetryTests : IAsyncLifetime
{
    private readonly TestClock _clock = new();
    private FakeIssuer _issuer = null!;
    private TestServer _first = null!;
    private TestServer _second = null!;
    private GatewayApp _gateway = null!;
    private HttpClient _client = null!;
    private RequestDelegate _firstAnswer = context => context.Response.WriteAsync("first");
    private RequestDelegate _secondAnswer = context => context.Response.WriteAsync("second");

    public async ValueTask InitializeAsync()
    {
        _issuer = await FakeIssuer.StartAsync();
        _first = await TestServer.StartAsync(context => _firstAnswer(context));
        _second = await TestServer.StartAsync(context => _secondAnswer(context));
        _gateway = await GatewayApp.StartAsync(_issuer.Trust, _first.Address, new Dictionary<string, string?>
        {
            ["ReverseProxy:Clusters:orders:Destinations:second:Address"] = _second.Address.AbsoluteUri,
            ["ReverseProxy:Routes:open-orders:ClusterId"] = "orders",
            ["ReverseProxy:Routes:open-orders:AuthorizationPolicy"] = "Anonymous",
            ["ReverseProxy:Routes:open-orders:Match:Path"] = "/open/{**rest}",
            ["ReverseProxy:Routes:alone:ClusterId"] = "alone",
            ["ReverseProxy:Routes:alone:AuthorizationPolicy"] = "Anonymous",
            ["ReverseProxy:Routes:alone:Match:Path"] = "/alone/{**rest}",
            ["ReverseProxy:Clusters:alone:Destinations:only:Address"] = _first.Address.AbsoluteUri,
        }, _clock);
        _client = Client.For(_gateway.Address);
    }

    [Theory]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task GetThatFailed_IsTriedOnceAtTheOther(int status)
    {
        _firstAnswer = Answer(status);
        using var answer = await SendAsync(HttpMethod.Get, "/open/x%20y?q=1&r=%2F");
        Assert.Equal("second", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(("/open/x%20y?q=1&r=%2F", "/open/x%20y?q=1&r=%2F"), (Assert.Single(_first.Received).Target, Assert.Single(_second.Received).Target));
        Assert.Equal(_gateway.Address.Authority, Assert.Single(_second.Received).Header("X-Forwarded-Host"));
    }

    [Fact]
    public async Task RefusedConnection_IsTriedOnceAtTheOther()
    {
        await _first.DisposeAsync();
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Head, HttpMethod.Options })
        {
            using var answer = await SendAsync(method, "/open/x");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        Assert.Equal(["GET", "HEAD", "OPTIONS"], _second.Received.Select(r => r.Method));
    }

    [Theory]
    [InlineData(200)]
    [InlineData(404)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(501)]
    public async Task AnyOtherAnswer_IsFinal(int status)
    {
        _firstAnswer = Answer(status);
        using var answer = await SendAsync(HttpMethod.Get, "/open/x");
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Empty(_second.Received);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("PATCH")]
    [InlineData("DELETE")]
    public async Task OtherMethod_IsNeverTriedTwice(string method)
    {
        _firstAnswer = Answer(503);
        using var answer = await SendAsync(new HttpMethod(method), "/open/x");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Single(_first.Received);
        Assert.Empty(_second.Received);
    }

    [Fact]
    public async Task GetWithASmallBody_IsTriedAgainWithIt()
    {
        _firstAnswer = Answer(503);
        _secondAnswer = async context => await context.Request.Body.CopyToAsync(context.Response.Body, context.RequestAborted);
        using var content = new StringContent("body");
        using var answer = await SendAsync(HttpMethod.Get, "/open/x", content);
        Assert.Equal("body", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(("text/plain; charset=utf-8", "4"), (_second.Received.Single().Header("Content-Type"), _second.Received.Single().Header("Content-Length")));
    }

    [Fact]
    public async Task GetWithABodyOfUnknownLength_IsNeverTriedTwice()
    {
        _firstAnswer = Answer(503);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/open/x") { Content = new StringContent("body"), Headers = { TransferEncodingChunked = true } };
        using var answer = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Empty(_second.Received);
    }

    [Theory]
    [InlineData("/open/x", "second")]
    [InlineData("/alone/x", "")]
    public async Task RetryAfter_IsTakenForTheDestinationThatSaysIt(string path, string expected)
    {
        _firstAnswer = context =>
        {
            context.Response.Headers.RetryAfter = "7";
            return Answer(503)(context);
        };
        using var answer = await SendAsync(HttpMethod.Get, path);
        Assert.Equal(expected, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(expected.Length == 0 ? 7 : null, answer.Headers.RetryAfter?.Delta?.TotalSeconds);
        Assert.Single(_first.Received);
    }

    [Fact]
    public async Task BothFail_TheLastAnswerIsGiven()
    {
        _firstAnswer = Answer(503);
        _secondAnswer = Answer(502);
        using var answer = await SendAsync(HttpMethod.Get, "/open/x");
        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Equal((1, 1), (_first.Received.Count, _second.Received.Count));
    }

    [Fact]
    public async Task BothAreDown_Is502()
    {
        await _first.DisposeAsync();
        await _second.DisposeAsync();
        using var answer = await SendAsync(HttpMethod.Get, "/open/x");
        await ProblemAssert.IsAsync(answer, HttpStatusCode.BadGateway, "bad_gateway");
    }

    [Fact]
    public async Task FirstThatHangs_TheOtherIsAskedAfterTheAttemptTimeout()
    {
        _firstAnswer = context => Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
        var pending = SendAsync(HttpMethod.Get, "/open/x");
        await Until.TrueAsync(() => _first.Received.Count == 1, "the first is asked");
        _clock.Advance(TimeSpan.FromSeconds(5));
        using var answer = await pending;
        Assert.Equal("second", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task PostThatHangs_Is504AfterTheAttemptTimeout()
    {
        _firstAnswer = context => Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
        var pending = SendAsync(HttpMethod.Post, "/open/x");
        await Until.TrueAsync(() => _first.Received.Count == 1, "the first is asked");
        _clock.Advance(TimeSpan.FromSeconds(5));
        using var answer = await pending;
        await ProblemAssert.IsAsync(answer, HttpStatusCode.GatewayTimeout, "gateway_timeout");
        Assert.Empty(_second.Received);
    }

    [Fact]
    public async Task BothHang_Is504AfterTheTotalTimeout()
    {
        _firstAnswer = _secondAnswer = context => Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
        var pending = SendAsync(HttpMethod.Get, "/open/x");
        await Until.TrueAsync(() => _first.Received.Count == 1, "the first is asked");
        _clock.Advance(TimeSpan.FromSeconds(5));
        await Until.TrueAsync(() => _second.Received.Count == 1, "the second is asked");
        _clock.Advance(TimeSpan.FromSeconds(3));
        using var answer = await pending;
        await ProblemAssert.IsAsync(answer, HttpStatusCode.GatewayTimeout, "gateway_timeout");
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _gateway.DisposeAsync();
        await _second.DisposeAsync();
        await _first.DisposeAsync();
        await _issuer.DisposeAsync();
    }

    private static RequestDelegate Answer(int status) => context =>
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    };

    private Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? content = null) =>
        _client.SendAsync(new HttpRequestMessage(method, path) { Content = content }, TestContext.Current.CancellationToken);
}
