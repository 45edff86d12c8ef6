using System.Net;
using FrontDoor.TestKit;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace FrontDoor.Gateway.Tests.Caching;

/// <summary>
/// <c>/api/public/echo</c> is open and kept for all, <c>/api/echo</c> needs a token and is kept per user. The back end numbers its answers, so a kept one is seen by its
/// number; the field X-Answer tells it what fields to answer with.
/// </summary>
public sealed class CachingTests : IAsyncLifetime
{
    private const string Open = "/api/public/echo/";
    private const string Own = "/api/echo/";

    private FakeIssuer _issuer = null!;
    private TestServer _backend = null!;
    private GatewayApp _gateway = null!;
    private HttpClient _client = null!;
    private RequestDelegate? _answer;
    private int _number;

    public async ValueTask InitializeAsync()
    {
        _issuer = await FakeIssuer.StartAsync();
        _backend = await TestServer.StartAsync(AnswerAsync);
        _gateway = await GatewayApp.StartAsync(_issuer.Trust, _backend.Address, new Dictionary<string, string?>
        {
            ["Caching:open:MaxAge"] = "01:00:00",
            ["Caching:open:VaryByHeaders:0"] = "Accept-Language",
            ["Caching:own:MaxAge"] = "01:00:00",
            ["Caching:own:PerUser"] = "true",
            ["Caching:paged:MaxAge"] = "01:00:00",
            ["Caching:paged:PerUser"] = "true",
            ["Caching:paged:VaryByQuery:0"] = "page",
            ["Cors:any:Origins:0"] = "https://app.test",
            ["RateLimits:many:Permits"] = "1000",
            ["ReverseProxy:Routes:public-echo:OutputCachePolicy"] = "Open",
            ["ReverseProxy:Routes:public-echo:CorsPolicy"] = "any",
            ["ReverseProxy:Routes:public-echo:RateLimiterPolicy"] = "many",
            ["ReverseProxy:Routes:echo:OutputCachePolicy"] = "own",
            ["ReverseProxy:Routes:profile:OutputCachePolicy"] = "paged",
        });
        _client = Client.For(_gateway.Address);
    }

    [Fact]
    public async Task KeptAnswer_IsGivenWithItsAge_AndWithFieldsOfTheRequestAtHand()
    {
        using var first = await SendAsync(Open, ("Origin", "https://app.test"));
        using var second = await SendAsync(Open, ("Origin", "https://evil.test"));

        Assert.Equal("1 1", $"{await BodyAsync(first)} {await BodyAsync(second)}");
        Assert.False(first.Headers.Contains("Age"));
        Assert.NotNull(second.Headers.Age);
        Assert.True(first.Headers.Contains("Access-Control-Allow-Origin"));
        Assert.False(second.Headers.Contains("Access-Control-Allow-Origin"));
        Assert.Equal(["\"many\";r=999", "\"many\";r=998"], first.Headers.GetValues("RateLimit").Concat(second.Headers.GetValues("RateLimit")));
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("Cache-Control: max-age=60", true)]
    [InlineData("Cache-Control: max-age=0, s-maxage=60", true)]
    [InlineData("Vary: Accept-Language, accept-encoding", true)]
    [InlineData("Cache-Control: no-store", false)]
    [InlineData("Cache-Control: no-cache", false)]
    [InlineData("Cache-Control: private, max-age=60", false)]
    [InlineData("Cache-Control: max-age=0", false)]
    [InlineData("Cache-Control: max-age=60, s-maxage=0", false)]
    [InlineData("Cache-Control: max-age=60|Age: 60", false)]
    [InlineData("Expires: 0", false)]
    [InlineData("Expires: Thu, 01 Jan 2015 00:00:00 GMT", false)]
    [InlineData("Set-Cookie: a=b", false)]
    [InlineData("Cache-Control: private; max-age=60", false)] // cannot be read, and may have meant private
    [InlineData("Vary: Cookie; Accept", false)]
    [InlineData("Vary: Accept", false)]
    [InlineData("Vary: *", false)]
    [InlineData("Content-Type: text/event-stream", false)]
    [InlineData("X-Accel-Redirect: /nowhere", false)]
    public async Task BackEnd_SaysWhatIsKept(string fields, bool kept) => Assert.Equal(kept, await IsKeptAsync(Open, ("X-Answer", fields)));

    [Theory]
    [InlineData("Authorization", "Bearer x")]
    [InlineData("Cookie", "session=1")]
    [InlineData("Cache-Control", "no-store")]
    [InlineData("Cache-Control", "no-cache")]
    [InlineData("Cache-Control", "max-age=0")]
    [InlineData("Pragma", "no-cache")]
    [InlineData("Range", "bytes=0-0")]
    public async Task Request_SaysWhetherItIsServedFromTheCache(string field, string value) => Assert.False(await IsKeptAsync(Open, (field, value)));

    [Fact]
    public async Task WishForAFreshAnswer_RenewsTheKeptOne()
    {
        Assert.Equal("1", await GetAsync(Open));
        Assert.Equal("2", await GetAsync(Open, ("Cache-Control", "no-cache")));
        Assert.Equal("2", await GetAsync(Open));
    }

    [Fact]
    public async Task RequestWithCredentials_LeavesNothingForOthers()
    {
        Assert.Equal("1", await GetAsync(Open, ("Cookie", "session=ada")));
        Assert.Equal("2", await GetAsync(Open, ("Authorization", "Bearer ada")));
        Assert.Equal("3", await GetAsync(Open));
    }

    [Fact]
    public async Task WhateverTellsAnswersApart_IsPartOfTheKey()
    {
        var paths = new[] { "a", "A", "a?x=1", "a?X=1", "a?x=1&x=2", "a?x=2&x=1" };
        foreach (var path in paths.Concat(paths)) await GetAsync(Open + path);
        foreach (var language in new[] { "de", "en", "de" }) await GetAsync(Open + "a", ("Accept-Language", language));
        Assert.Equal(paths.Length + 2, _backend.Received.Count);
    }

    [Fact]
    public async Task Users_AreKeptApart_AlsoByWhatTheyMayDo()
    {
        var ada = Token("ada");
        Assert.Equal("1 1", $"{await GetAsync(Own, ada)} {await GetAsync(Own, Token("ada"))}");
        Assert.Equal("2", await GetAsync(Own, Token("bob")));
        Assert.Equal("3", await GetAsync(Own, Token("ada", "admin")));
        Assert.Equal("4", await GetAsync(Own, ada, ("Cookie", "session=1")));
        Assert.Equal("1", await GetAsync(Own, ada));

        using var anonymous = await SendAsync(Own);
        await ProblemAssert.NoCredentialsAsync(anonymous);
    }

    [Fact]
    public async Task PrivateAnswer_IsKeptForItsUser() => Assert.True(await IsKeptAsync(Own, Token("ada"), ("X-Answer", "Cache-Control: private, max-age=60")));

    [Fact]
    public async Task NamedParameters_AloneTellAnswersApart()
    {
        var ada = Token("ada");
        Assert.Equal("1 1 2", $"{await GetAsync("/api/profile?page=1&t=1", ada)} {await GetAsync("/api/profile?page=1&t=2", ada)} {await GetAsync("/api/profile?page=2&t=1", ada)}");
    }

    [Theory]
    [InlineData(404)]
    [InlineData(500)]
    [InlineData(301)]
    public async Task OtherStatus_IsNotKept(int status)
    {
        _answer = context =>
        {
            context.Response.StatusCode = status;
            return context.Response.WriteAsync("x");
        };
        using (await SendAsync(Open)) { }
        using (await SendAsync(Open)) { }
        Assert.Equal(2, _backend.Received.Count);
    }

    [Fact]
    public async Task AnswerThatBreaksOff_IsNotKept()
    {
        _answer = async context =>
        {
            await context.Response.WriteAsync("half");
            await context.Response.Body.FlushAsync();
            context.Abort();
        };
        // Its head may have arrived before it broke off, or not: then it is 502.
        await Assert.ThrowsAnyAsync<Exception>(() => GetAsync(Open));
        _answer = null;
        Assert.Equal("1", await GetAsync(Open));
    }

    [Fact]
    public async Task AnswerUnderWay_KeepsNobodyWaiting()
    {
        var release = new TaskCompletionSource();
        _answer = async context =>
        {
            await release.Task;
            await context.Response.WriteAsync("slow");
        };
        var slow = GetAsync(Open);
        await Until.TrueAsync(() => _backend.Received.Count == 1, "the back end was asked");
        _answer = null;
        Assert.Equal("1", await GetAsync(Open));
        release.SetResult();
        Assert.Equal("slow", await slow);
    }

    [Fact]
    public async Task GetWithABody_PassesBy()
    {
        for (var i = 0; i < 2; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, Open) { Content = new StringContent("q=evil") };
            using (await _client.SendAsync(request, TestContext.Current.CancellationToken)) { }
        }

        Assert.Equal(2, _backend.Received.Count);
        Assert.Equal("3", await GetAsync(Open));
    }

    [Fact]
    public async Task Post_PassesBy()
    {
        using (await _client.PostAsync(new Uri(Open, UriKind.Relative), null, TestContext.Current.CancellationToken)) { }
        using (await _client.PostAsync(new Uri(Open, UriKind.Relative), null, TestContext.Current.CancellationToken)) { }
        Assert.Equal(2, _backend.Received.Count);
    }

    private Task AnswerAsync(HttpContext context)
    {
        if (_answer is { } other) return other(context);
        foreach (var field in context.Request.Headers["X-Answer"].ToString().Split('|', StringSplitOptions.RemoveEmptyEntries))
            context.Response.Headers[field.Split(": ")[0]] = field.Split(": ")[1];
        return context.Response.WriteAsync($"{Interlocked.Increment(ref _number)}");
    }

    private (string, string) Token(string user, params string[] roles) => ("Authorization", $"Bearer {_issuer.Token(claims => (claims["sub"], claims["roles"]) = (user, roles))}");

    private async Task<bool> IsKeptAsync(string path, params (string Name, string Value)[] headers)
    {
        using (await SendAsync(path, headers)) { }
        using (await SendAsync(path, headers)) { }
        return _backend.Received.Count == 1;
    }

    private async Task<string> GetAsync(string path, params (string Name, string Value)[] headers)
    {
        using var answer = await SendAsync(path, headers);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await BodyAsync(answer);
    }

    private async Task<HttpResponseMessage> SendAsync(string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers) Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        return await _client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static Task<string> BodyAsync(HttpResponseMessage answer) => answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _gateway.DisposeAsync();
        await _backend.DisposeAsync();
        await _issuer.DisposeAsync();
    }
}
