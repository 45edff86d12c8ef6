using FrontDoor.Gateway.StaticFiles;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace FrontDoor.Gateway.Tests.StaticFiles;

public sealed class NavigationTests
{
    private const string Browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

    [Theory]
    [InlineData("/", Browser)]
    [InlineData("/orders/7", Browser)]
    [InlineData("/orders/7", "text/html")]
    [InlineData("/orders/7", "TEXT/HTML; charset=utf-8")]
    [InlineData("/orders/7", "application/json, text/html;q=0.1")]
    public void BrowserThatWantsAPage_IsOne(string path, string accept) => Assert.True(IsOne(path, accept));

    [Theory]
    [InlineData("/orders", "*/*")]
    [InlineData("/orders", "application/json")]
    [InlineData("/orders", "text/*")]
    [InlineData("/orders", "text/html;q=0")]
    [InlineData("/orders", "")]
    [InlineData("/orders", null)]
    [InlineData("/orders", "%%%")]
    [InlineData("/js/app.js", Browser)]
    [InlineData("/missing.png", Browser)]
    [InlineData("/.git/config", Browser)]
    public void CallOrAsset_IsNone(string path, string? accept) => Assert.False(IsOne(path, accept));

    private static bool IsOne(string path, string? accept)
    {
        var context = new DefaultHttpContext { Request = { Path = path } };
        if (accept is not null) context.Request.Headers.Accept = accept;
        return Navigation.IsOne(context.Request);
    }
}
