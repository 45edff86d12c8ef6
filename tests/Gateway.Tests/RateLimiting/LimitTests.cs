using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.RateLimiting;

public sealed class LimitTests
{
    [Fact]
    public async Task MoreThanPermitted_Is429WithRetryAfterInTheWordsOfDrf()
    {
        await using var issuer = await FakeIssuer.StartAsync();
        await using var backend = await TestServer.StartAsync();
        await using var gateway = await GatewayApp.StartAsync(issuer.Trust, backend.Address, Limited(3));
        using var client = Client.For(gateway.Address);

        for (var i = 0; i < 3; i++) Assert.Equal(HttpStatusCode.OK, await GetAsync(client));
        using var refused = await client.GetAsync(new Uri("/api/public/echo/x", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 3600);
        var body = await refused.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.Matches("^Request was throttled\\. Expected available in \\d+ seconds?\\.$", body.GetProperty("detail").GetString());
        Assert.Equal("throttled", body.GetProperty("code").GetString());
        Assert.Equal(3, backend.Received.Count);

        // Another route has no limit, and a header does not make another client.
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri("/", UriKind.Relative), TestContext.Current.CancellationToken)).StatusCode);
        client.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.9");
        Assert.Equal(HttpStatusCode.TooManyRequests, await GetAsync(client));
    }

    internal static Dictionary<string, string?> Limited(int permits, string? redis = null) => new()
    {
        ["RateLimits:tight:Permits"] = $"{permits}",
        ["RateLimits:tight:Window"] = "01:00:00",
        ["ReverseProxy:Routes:public-echo:RateLimiterPolicy"] = "tight",
        ["Redis:Configuration"] = redis,
        // These tests are about what Redis counts, not about how soon a busy machine answers.
        ["Redis:Timeout"] = "00:00:05",
    };

    internal static async Task<HttpStatusCode> GetAsync(HttpClient client)
    {
        using var answer = await client.GetAsync(new Uri("/api/public/echo/x", UriKind.Relative), TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }

    internal static Task UntilAnswerIsAsync(HttpClient client, HttpStatusCode status) => Until.TrueAsync(async () => await GetAsync(client) == status, $"the answer is {status}");
}
