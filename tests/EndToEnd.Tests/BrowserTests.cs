using System.Globalization;
using FrontDoor.TestKit;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace FrontDoor.EndToEnd.Tests;

/// <summary>The sample web app in a real browser, against the whole demo with access tokens of 8 seconds.</summary>
public sealed class BrowserTests
{
    internal static readonly string[] Flags =
        ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

    [Fact]
    public async Task SignIn_Call_AutomaticRefresh_SignOut_CallRefused()
    {
        var chromium = Needs.Chromium();
        using var folder = new TestFolder();
        await using var run = await DemoRun.StartAsync(folder, new Dictionary<string, string> { ["AccessTokens__Lifetime"] = "00:00:08" });
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = chromium, Args = Flags });
        var page = await browser.NewPageAsync(new() { BaseURL = run.Ready.Gateway.AbsoluteUri });
        var faults = Watch(page);

        await page.GotoAsync("/");
        await CallAsync(page, "profile");
        await Expect(page.Locator("#result-status")).ToHaveTextAsync("401 Unauthorized");

        await page.FillAsync("#username", run.Ready.Username);
        await page.FillAsync("#password", "not the password");
        await page.ClickAsync("#sign-in");
        await Expect(page.Locator("#sign-in-error")).ToBeVisibleAsync();

        await page.FillAsync("#password", run.Ready.Password);
        await page.ClickAsync("#sign-in");
        await Expect(page.Locator("#who-name")).ToHaveTextAsync("Demo User");
        await Expect(page.Locator("[data-claim=token_type]")).ToHaveTextAsync("access");
        var firstToken = await page.InnerTextAsync("[data-claim=jti]");

        await CallAsync(page, "profile");
        await Expect(page.Locator("#result-status")).ToHaveTextAsync("200 OK");
        await Expect(page.Locator("#result-body")).ToContainTextAsync("Demo User");
        await CallAsync(page, "public");
        await Expect(page.Locator("#result-status")).ToHaveTextAsync("200 OK");
        await CallAsync(page, "admin");
        await Expect(page.Locator("#result-status")).ToHaveTextAsync("403 Forbidden");
        await Expect(page.Locator("#result-headers")).ToContainTextAsync("application/problem+json");
        await CallAsync(page, "flaky");
        await Expect(page.Locator("#result-status")).ToHaveTextAsync("200 OK");

        await SaveScreenshotAsync(page, "signed-in");

        await Expect(page.Locator("#refresh-count")).Not.ToHaveTextAsync("0", new() { Timeout = 20_000 });
        Assert.NotEqual(firstToken, await page.InnerTextAsync("[data-claim=jti]"));
        await CallAsync(page, "profile");
        await Expect(page.Locator("#result-status")).ToHaveTextAsync("200 OK");

        await page.ClickAsync("#sign-out");
        await Expect(page.Locator("#username")).ToBeVisibleAsync();
        await CallAsync(page, "profile");
        await Expect(page.Locator("#result-status")).ToHaveTextAsync("401 Unauthorized");

        await SaveScreenshotAsync(page, "signed-out");
        Assert.Empty(faults);
    }

    // A second call with the same outcome must not be taken for the first one's answer.
    private static async Task CallAsync(IPage page, string call)
    {
        var answered = page.WaitForResponseAsync(response => response.Url.Contains("/api/", StringComparison.Ordinal) && !response.Url.Contains("/api/token", StringComparison.Ordinal));
        await page.ClickAsync($"[data-call={call}]");
        await answered;
    }

    // The browser's own line for each refused call is expected; anything else, above all a violated Content-Security-Policy, is a fault.
    internal static List<string> Watch(IPage page)
    {
        var faults = new List<string>();
        page.PageError += (_, error) => faults.Add(error);
        page.Console += (_, message) =>
        {
            if (message.Type == "error" && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal)) faults.Add(message.Text);
        };
        page.Response += (_, response) =>
        {
            if (response.Status is 404 or >= 500) faults.Add(string.Create(CultureInfo.InvariantCulture, $"{response.Status} {response.Url}"));
        };
        return faults;
    }

    private static async Task SaveScreenshotAsync(IPage page, string name)
    {
        var folder = Path.Combine(Repository.Root, "artifacts");
        Directory.CreateDirectory(folder);
        await page.ScreenshotAsync(new() { Path = Path.Combine(folder, name + ".png"), FullPage = true });
    }
}
