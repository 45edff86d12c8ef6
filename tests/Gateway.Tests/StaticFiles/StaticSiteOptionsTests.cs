using FrontDoor.Gateway.StaticFiles;
using FrontDoor.TestKit;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace FrontDoor.Gateway.Tests.StaticFiles;

public sealed class StaticSiteOptionsTests
{
    [Fact]
    public void NoRoot_IsNoFault() => Assert.True(Validate(new StaticSiteOptions()).Succeeded);

    [Fact]
    public void RootThatIsThere_IsNoFault()
    {
        using var folder = new TestFolder();
        folder.Write("index.html", "");
        Assert.True(Validate(new StaticSiteOptions { Root = folder.FullPath, SinglePageFallback = "index.html" }).Succeeded);
    }

    [Fact]
    public void RootThatIsNotThere_IsNamed() =>
        Assert.Contains("StaticFiles:Root names a folder that does not exist: ", Validate(new StaticSiteOptions { Root = "not-there" }).FailureMessage, StringComparison.Ordinal);

    [Fact]
    public void AllFaults_AreReportedAtOnce()
    {
        using var folder = new TestFolder();
        var faults = Validate(new StaticSiteOptions { Root = folder.FullPath, SinglePageFallback = "missing.html", NeverFallBack = ["/api", "auth", ""] }).Failures!.ToArray();
        Assert.Equal(
            [
                "StaticFiles:SinglePageFallback names a file that does not exist below the root: missing.html",
                "StaticFiles:NeverFallBack has 'auth'; a path prefix starts with /",
                "StaticFiles:NeverFallBack has ''; a path prefix starts with /",
            ],
            faults);
    }

    private static Microsoft.Extensions.Options.ValidateOptionsResult Validate(StaticSiteOptions options) =>
        new StaticSiteOptionsValidator(new Here()).Validate(null, options);

    private sealed class Here : IHostEnvironment
    {
        public string EnvironmentName { get; set; } = "Production";

        public string ApplicationName { get; set; } = "gateway";

        public string ContentRootPath { get; set; } = AppContext.BaseDirectory;

        public IFileProvider ContentRootFileProvider { get; set; } = new NullFileProvider();
    }
}
