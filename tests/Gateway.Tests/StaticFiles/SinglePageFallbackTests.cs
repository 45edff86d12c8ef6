using System.Net;
using Xunit;

namespace FrontDoor.Gateway.Tests.StaticFiles;

public sealed class SinglePageFallbackTests(StaticSite site) : IClassFixture<StaticSite>
{
    private const string Browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

    [Theory]
    [InlineData("/orders")]
    [InlineData("/orders/7/lines")]
    [InlineData("/orders?sort=date")]
    [InlineData("/apiary")]
    public async Task Navigation_GetsThePage(string path)
    {
        using var answer = await site.SendAsync(path, null, ("Accept", Browser));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("text/html", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal("<title>start</title>", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.True(answer.Headers.Contains("Content-Security-Policy"));
        // The same address answers a call otherwise.
        Assert.Contains("Accept", answer.Headers.Vary);
    }

    [Theory]
    [InlineData("GET", "/orders", "*/*")]
    [InlineData("GET", "/orders", "application/json")]
    [InlineData("GET", "/orders.js", Browser)]
    [InlineData("GET", "/api/unknown", Browser)]
    [InlineData("GET", "/API/unknown", Browser)]
    [InlineData("GET", "/api", Browser)]
    [InlineData("GET", "/.well-known/unknown", Browser)]
    [InlineData("POST", "/api/unknown", Browser)]
    [InlineData("POST", "/missing.js", Browser)]
    public async Task AnythingElse_NeverGetsHtml(string method, string path, string accept)
    {
        using var answer = await site.SendAsync(path, new HttpMethod(method), ("Accept", accept));
        await ProblemAssert.IsAsync(answer, HttpStatusCode.NotFound, "not_found");
    }

    [Theory]
    [InlineData("POST", "/orders")]
    [InlineData("PUT", "/index.html")]
    [InlineData("DELETE", "/")]
    [InlineData("OPTIONS", "/app.js")]
    public async Task OtherMethod_OnAPageOrFile_Is405(string method, string path)
    {
        var answer = await RawAnswer.OfAsync(site.App.Address, method, path, $"Accept: {Browser}");
        Assert.Equal((405, "GET, HEAD"), (answer.Status, answer["Allow"]));
        Assert.Equal(("application/problem+json", "nosniff"), (answer["Content-Type"], answer["X-Content-Type-Options"]));
        Assert.Equal(answer.Length, answer.Bytes.Length);
        ProblemAssert.Is(answer.Body, 405, "method_not_allowed", $"Method \"{method}\" not allowed.");
    }

    [Theory]
    [InlineData("/api/echo/x")]
    [InlineData("/api/profile")]
    public async Task NavigationToAProtectedRoute_IsAskedForCredentials(string path)
    {
        using var answer = await site.SendAsync(path, null, ("Accept", Browser));
        await ProblemAssert.NoCredentialsAsync(answer);
    }
}
