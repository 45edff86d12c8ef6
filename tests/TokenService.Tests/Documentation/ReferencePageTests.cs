using System.Text.RegularExpressions;
using Xunit;

namespace FrontDoor.TokenService.Tests.Documentation;

public sealed partial class ReferencePageTests(AppFixture service) : IClassFixture<AppFixture>
{
    [Fact]
    public async Task Page_LoadsNothingFromElsewhere()
    {
        var page = (await service.Client.GetAsync("/docs/")).Succeeded();
        Assert.DoesNotContain("://", page.Body, StringComparison.Ordinal);
        Assert.Contains("\"withDefaultFonts\":false", page.Body, StringComparison.Ordinal);

        var policy = page.Header("Content-Security-Policy")!;
        Assert.StartsWith("default-src 'self';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("http", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe-eval", policy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scripts_AreServedHere()
    {
        var page = await service.Client.GetAsync("/docs/");
        var scripts = Source().Matches(page.Body).Select(m => m.Groups["file"].Value).ToArray();
        Assert.NotEmpty(scripts);
        foreach (var script in scripts)
            Assert.StartsWith("text/javascript", (await service.Client.GetAsync($"/docs/{script}")).Succeeded().Header("Content-Type"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task InlineScripts_HaveANonceOfTheirOwn()
    {
        var (first, second) = (await service.Client.GetAsync("/docs/"), await service.Client.GetAsync("/docs/"));
        Assert.NotEqual(first.Header("Content-Security-Policy"), second.Header("Content-Security-Policy"));
        var nonce = Nonce().Match(first.Header("Content-Security-Policy")!).Groups["nonce"].Value;
        Assert.Equal(32, nonce.Length);
        Assert.Contains($"nonce=\"{nonce}\"", first.Body, StringComparison.Ordinal);
    }

    [GeneratedRegex("src=\"(?<file>[^\"]+)\"")]
    private static partial Regex Source();

    [GeneratedRegex("'nonce-(?<nonce>[0-9a-f]+)'")]
    private static partial Regex Nonce();
}
