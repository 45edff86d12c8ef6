using System.Net;
using FrontDoor.TestKit;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace FrontDoor.Gateway.Tests.CrossOrigin;

public sealed class CrossOriginTests : IAsyncLifetime
{
    private const string App = "https://app.test";

    private FakeIssuer _issuer = null!;
    private TestServer _backend = null!;
    private GatewayApp _gateway = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _issuer = await FakeIssuer.StartAsync();
        // A back end with a policy of its own, the worst one.
        _backend = await TestServer.StartAsync(context =>
        {
            context.Response.Headers.AccessControlAllowOrigin = context.Request.Headers.Origin;
            context.Response.Headers.AccessControlAllowCredentials = "true";
            context.Response.Headers["access-control-allow-private-network"] = "true";
            context.Response.Headers.Vary = "Accept";
            return context.Response.WriteAsync("ok");
        });
        _gateway = await GatewayApp.StartAsync(_issuer.Trust, _backend.Address, new Dictionary<string, string?>
        {
            ["Cors:pages:Origins:0"] = App,
            ["Cors:pages:Origins:1"] = "https://*.pages.test",
            ["Cors:pages:Methods:0"] = "PUT",
            ["Cors:pages:Headers:0"] = "Authorization",
            ["Cors:pages:ExposedHeaders:0"] = "X-Total",
            ["Cors:pages:Credentials"] = "true",
            ["Cors:any:Origins:0"] = "*",
            ["ReverseProxy:Routes:echo:CorsPolicy"] = "Pages",
            ["ReverseProxy:Routes:orders-list:CorsPolicy"] = "pages",
            ["ReverseProxy:Routes:public-echo:CorsPolicy"] = "any",
            ["RateLimits:one:Permits"] = "1",
            ["ReverseProxy:Routes:slow:CorsPolicy"] = "pages",
            ["ReverseProxy:Routes:slow:RateLimiterPolicy"] = "one",
        });
        _client = Client.For(_gateway.Address);
    }

    [Theory]
    [InlineData(App)]
    [InlineData("https://a.pages.test")]
    public async Task Preflight_IsAnsweredWithoutTokenAndBackEnd(string origin)
    {
        using var answer = await PreflightAsync("/api/echo/x", "PUT", origin);

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Equal(origin, Field(answer, "Access-Control-Allow-Origin"));
        Assert.Equal("true", Field(answer, "Access-Control-Allow-Credentials"));
        Assert.Equal("PUT", Field(answer, "Access-Control-Allow-Methods"));
        Assert.Equal("Authorization", Field(answer, "Access-Control-Allow-Headers"));
        Assert.Equal("600", Field(answer, "Access-Control-Max-Age"));
        Assert.Equal("Origin", Field(answer, "Vary"));
        Assert.Empty(_backend.Received);
    }

    [Theory]
    [InlineData("https://evil.test")]
    [InlineData("https://app.test.evil.test")]
    [InlineData("https://evilpages.test")]
    [InlineData("http://app.test")]
    [InlineData("null")]
    public async Task StrangersPreflight_GetsNoLeave(string origin)
    {
        using var answer = await PreflightAsync("/api/echo/x", "PUT", origin);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Equal("", AllowFields(answer));
        Assert.Equal("Origin", Field(answer, "Vary"));
    }

    [Fact]
    public async Task RouteOfOneMethod_MatchesPreflightsForItAlone()
    {
        using (var list = await PreflightAsync("/api/orders/1", "GET", App)) Assert.Equal((HttpStatusCode.NoContent, App), (list.StatusCode, Field(list, "Access-Control-Allow-Origin")));
        using var create = await PreflightAsync("/api/orders/1", "DELETE", App);
        Assert.NotEqual(HttpStatusCode.NoContent, create.StatusCode);
        Assert.Equal("", AllowFields(create));
    }

    [Fact]
    public async Task AllowedPage_MayReadTheAnswerByTheGatewaysWordAlone()
    {
        using var answer = await GetAsync("/api/echo/x", App, _issuer.Token());
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(App, Field(answer, "Access-Control-Allow-Origin"));
        Assert.Equal("true", Field(answer, "Access-Control-Allow-Credentials"));
        Assert.Equal("X-Total", Field(answer, "Access-Control-Expose-Headers"));
        Assert.Equal("Accept, Origin", Field(answer, "Vary"));
        Assert.False(answer.Headers.Contains("Access-Control-Allow-Private-Network"));
    }

    [Theory]
    [InlineData("https://evil.test")]
    [InlineData(null)]
    public async Task BackEndsOwnLeave_IsTakenAway(string? origin)
    {
        using var answer = await GetAsync("/api/echo/x", origin, _issuer.Token());
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("", AllowFields(answer));
        Assert.Equal("Accept, Origin", Field(answer, "Vary"));
    }

    [Fact]
    public async Task Refusal_CanBeReadByThePage()
    {
        using (var anonymous = await GetAsync("/api/echo/x", App)) Assert.Equal((HttpStatusCode.Unauthorized, App), (anonymous.StatusCode, Field(anonymous, "Access-Control-Allow-Origin")));
        using (await GetAsync("/api/slow", App)) { }
        using var limited = await GetAsync("/api/slow", App);
        Assert.Equal((HttpStatusCode.TooManyRequests, App), (limited.StatusCode, Field(limited, "Access-Control-Allow-Origin")));
    }

    [Fact]
    public async Task AnyOrigin_IsAStarWithoutCredentials()
    {
        using var answer = await GetAsync("/api/public/echo/x", "https://whoever.test");
        Assert.Equal("*", Field(answer, "Access-Control-Allow-Origin"));
        Assert.False(answer.Headers.Contains("Access-Control-Allow-Credentials"));
        Assert.Equal("Accept", Field(answer, "Vary"));
    }

    [Fact]
    public async Task RouteWithoutPolicy_LeavesItToTheBackEnd()
    {
        using var answer = await GetAsync("/api/profile", App, _issuer.Token());
        Assert.Equal(App, Field(answer, "Access-Control-Allow-Origin"));
        Assert.Equal("Accept", Field(answer, "Vary"));
        using var preflight = await PreflightAsync("/api/profile", "GET", App);
        Assert.Equal(HttpStatusCode.Unauthorized, preflight.StatusCode);
    }

    private async Task<HttpResponseMessage> PreflightAsync(string path, string method, string origin)
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, path);
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", method);
        request.Headers.Add("Access-Control-Request-Headers", "authorization");
        return await _client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private async Task<HttpResponseMessage> GetAsync(string path, string? origin, string? token = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (origin is not null) request.Headers.Add("Origin", origin);
        if (token is not null) request.Headers.Authorization = new("Bearer", token);
        return await _client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static string Field(HttpResponseMessage answer, string name) => string.Join(", ", answer.Headers.GetValues(name));

    private static string AllowFields(HttpResponseMessage answer) =>
        string.Join(", ", answer.Headers.Select(h => h.Key).Where(k => k.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase)));

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _gateway.DisposeAsync();
        await _backend.DisposeAsync();
        await _issuer.DisposeAsync();
    }
}
