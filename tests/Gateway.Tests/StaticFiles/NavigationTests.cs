using FrontDoor.Gateway.StaticFiles;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace FrontDoor.Gateway.Tests.StaticFiles;

public sealed class NavigationTests
{
    [Theory]
    [InlineData("/")]
    [InlineData("/orders/7")]
    [InlineData("/apiary")]
    public void PathOfAPage_MayBeOne(string path) => Assert.True(MayBeOne(path));

    [Theory]
    [InlineData("/js/app.js")]
    [InlineData("/missing.png")]
    [InlineData("/.git/config")]
    public void PathOfAnAsset_IsNone(string path) => Assert.False(MayBeOne(path));

    [Theory]
    [InlineData("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", true)]
    [InlineData("text/html", true)]
    [InlineData("TEXT/HTML; charset=utf-8", true)]
    [InlineData("application/json, text/html;q=0.1", true)]
    [InlineData("*/*", false)]
    [InlineData("application/json", false)]
    [InlineData("text/*", false)]
    [InlineData("text/html;q=0", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    [InlineData("%%%", false)]
    public void Accept_TellsABrowserThatWantsAPage(string? accept, bool asks)
    {
        var context = new DefaultHttpContext();
        if (accept is not null) context.Request.Headers.Accept = accept;
        Assert.Equal(asks, Navigation.AsksForHtml(context.Request));
    }

    private static bool MayBeOne(string path) => Navigation.MayBeOne(path);
}
