using FrontDoor.TestKit;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace FrontDoor.EndToEnd.Tests;

/// <summary>The gateway's dashboard in a real browser, against the whole demo.</summary>
public sealed class DashboardTests
{
    [Fact]
    public async Task Dashboard_ShowsTrafficKeysAndFeed_OnWideAndNarrowScreens()
    {
        var chromium = Needs.Chromium();
        using var folder = new TestFolder();
        await using var run = await DemoRun.StartAsync(folder);
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = chromium, Args = BrowserTests.Flags });
        var page = await browser.NewPageAsync(new() { BaseURL = run.Ready.Management.AbsoluteUri, ViewportSize = new() { Width = 1280, Height = 900 } });
        var faults = BrowserTests.Watch(page);
        using (var client = Client.For(run.Ready.Gateway))
        {
            for (var i = 0; i < 7; i++) using (await client.GetAsync(new Uri("/api/public/echo/x", UriKind.Relative), TestContext.Current.CancellationToken)) { }
            using var refused = await client.GetAsync(new Uri("/api/profile", UriKind.Relative), TestContext.Current.CancellationToken);
        }

        await page.GotoAsync("/");
        await Expect(page.Locator("#state")).ToHaveTextAsync("Healthy");
        await Expect(page.Locator("#generation")).ToHaveTextAsync("no. 1");
        await Expect(Row(page, "public-echo").Locator("[data-label=Answers]")).ToHaveTextAsync("7");
        await Expect(Row(page, "profile").Locator("[data-label='4xx']")).ToHaveTextAsync("1");
        await Expect(page.Locator("#issuers")).ToContainTextAsync("ES256");
        await Expect(page.Locator("#issuers")).ToContainTextAsync("fresh");
        await Expect(page.Locator("#clusters .card")).ToHaveCountAsync(3);
        await Expect(page.Locator("#rate-line polyline")).ToHaveCountAsync(1);
        await page.FillAsync("#filter", "orders-");
        await Expect(page.Locator("#routes tbody tr")).ToHaveCountAsync(2);

        await page.SetViewportSizeAsync(360, 800);
        Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= 360"), "the page is wider than a small screen");
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        Assert.NotEqual("rgb(244, 246, 249)", await page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor"));
        Assert.Empty(faults);
    }

    private static ILocator Row(IPage page, string route) =>
        page.Locator("#routes tbody tr").Filter(new() { Has = page.Locator("strong", new() { HasTextRegex = new System.Text.RegularExpressions.Regex($"^{route}$") }) });
}
