using FrontDoor.Gateway.StaticFiles;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace FrontDoor.Gateway.Tests.StaticFiles;

public sealed class NavigationTests
{
    private const string Browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

    [Theory]
    [InlineData("GET", "/", Browser)]
    [InlineData("GET", "/orders/7", Browser)]
    [InlineData("GET", "/orders/7", "text/html")]
    [InlineData("GET", "/orders/7", "TEXT/HTML; charset=utf-8")]
    [InlineData("GET", "/orders/7", "application/json, text/html;q=0.1")]
    [InlineData("HEAD", "/orders", Browser)]
    [InlineData("GET", "/apiary", Browser)]
    public void BrowserThatWantsAPage_IsOne(string method, string path, string accept) => Assert.True(IsOne(method, path, accept));

    [Theory]
    [InlineData("GET", "/orders", "*/*")]
    [InlineData("GET", "/orders", "application/json")]
    [InlineData("GET", "/orders", "text/*")]
    [InlineData("GET", "/orders", "text/html;q=0")]
    [InlineData("GET", "/orders", "")]
    [InlineData("GET", "/orders", null)]
    [InlineData("GET", "/orders", "%%%")]
    [InlineData("POST", "/orders", Browser)]
    [InlineData("PUT", "/orders", Browser)]
    [InlineData("DELETE", "/orders", Browser)]
    [InlineData("OPTIONS", "/orders", Browser)]
    [InlineData("GET", "/js/app.js", Browser)]
    [InlineData("GET", "/missing.png", Browser)]
    [InlineData("GET", "/api", Browser)]
    [InlineData("GET", "/api/orders", Browser)]
    [InlineData("GET", "/API/orders", Browser)]
    [InlineData("GET", "/.well-known/jwks", Browser)]
    public void CallOrAsset_IsNone(string method, string path, string? accept) => Assert.False(IsOne(method, path, accept));

    [Fact]
    public void MatchedRoute_IsNone()
    {
        var context = Request("GET", "/orders", Browser);
        context.SetEndpoint(new Endpoint(null, null, "route"));
        Assert.False(Navigation.IsOne(context, []));
    }

    private static bool IsOne(string method, string path, string? accept) => Navigation.IsOne(Request(method, path, accept), ["/api", "/.well-known"]);

    private static DefaultHttpContext Request(string method, string path, string? accept)
    {
        var context = new DefaultHttpContext { Request = { Method = method, Path = path } };
        if (accept is not null) context.Request.Headers.Accept = accept;
        return context;
    }
}
