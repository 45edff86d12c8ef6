using FrontDoor.Gateway.StaticFiles;
using FrontDoor.TestKit;
using Microsoft.Extensions.Options;
using Xunit;

namespace FrontDoor.Gateway.Tests.StaticFiles;

public sealed class StaticSitesValidatorTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly StaticSiteOptions _sound;

    public StaticSitesValidatorTests()
    {
        _folder.Write("site/index.html", "");
        _folder.Write("site/closed/a.txt", "");
        _folder.Write("other/b.txt", "");
        _folder.Write("site/.hidden.html", "");
        _sound = new StaticSiteOptions { Root = "site" };
    }

    [Fact]
    public void NoSite_IsNoFault() => Assert.Empty(Faults([]));

    [Fact]
    public void SoundSite_IsNoFault() => Assert.Empty(Faults(_sound with
    {
        PathPrefix = "/docs", Hosts = ["example.com", "*.example.com", "127.0.0.1"], Try = ["$uri", "$uri.html", "$uri/", "/index.html"], SinglePageFallback = "index.html",
        Policy = "members", CacheControl = "private, max-age=60", Headers = new Dictionary<string, string> { ["X-Frame-Options"] = "DENY" },
        Rules = [new FileRuleOptions { Files = "assets/**", CacheControl = "private, max-age=31536000, immutable" }],
        ErrorPages = new Dictionary<string, string> { ["404"] = "index.html" }, MediaTypes = new Dictionary<string, string> { [".x"] = "text/x" }, Charset = "",
    }));

    public static TheoryData<string, string> EachFault() => new()
    {
        { "Root=", "Root is missing" },
        { "Root=not-there", "Root names a folder that does not exist" },
        { "PathPrefix=docs", "PathPrefix is 'docs'" },
        { "PathPrefix=/docs/", "PathPrefix is '/docs/'" },
        { "PathPrefix=/a/../b", "PathPrefix is '/a/../b'" },
        { "Hosts=http://example.com", "Hosts has 'http://example.com'" },
        { "Hosts=example.com:80", "Hosts has 'example.com:80'" },
        { "IndexFiles=a/b.html", "IndexFiles has 'a/b.html'" },
        { "Try=uri", "Try has 'uri'" },
        { "Try=$uri.html/x", "Try has '$uri.html/x'" },
        { "Try==200", "Try has '=200'" },
        { "Try=/missing.html", "Try names a file that does not exist below the root: /missing.html" },
        { "SinglePageFallback=missing.html", "SinglePageFallback names a file that does not exist below the root: missing.html" },
        { "NeverFallBack=auth", "NeverFallBack has 'auth'" },
        { "Policy=unknown", "Policy is 'unknown', which section Policies does not have" },
        { "Policy=Default", "Policy needs a PathPrefix or Hosts" },
        { "CacheControl=max-age=x", "CacheControl is 'max-age=x'" },
        { "Charset=utf 8", "Charset is 'utf 8'" },
        { "ErrorPage=200", "ErrorPages has '200'" },
        { "ErrorFile=missing.html", "ErrorPages:404 names a file that does not exist below the root: missing.html" },
        { "Header=Cache-Control", "Headers has Cache-Control" },
        { "Header=X Y", "Headers has 'X Y'" },
        { "HeaderValue=a\nb", "Headers:X-A has a character" },
        { "Rule=", "Rules:0:Files is missing" },
        { "Rule=assets/../x", "Rules:0:Files is 'assets/../x'" },
        { "Rule=../x/*", "Rules:0:Files is '../x/*'" },
        { "Rule=*.{js,css}", "Rules:0:Files is '*.{js,css}'; braces" },
        { "SinglePageFallback=/etc/hostname", "SinglePageFallback names a file that does not exist below the root: /etc/hostname" },
        { "SinglePageFallback=../other/b.txt", "SinglePageFallback is '../other/b.txt', which leads out of the root" },
        { "SinglePageFallback=.hidden.html", "SinglePageFallback names a file that does not exist below the root" },
        { "ErrorFile=/../other/b.txt", "ErrorPages:404 is '/../other/b.txt', which leads out of the root" },
        { "ErrorFile=//index.html", "ErrorPages:404 is '//index.html', which leads out of the root" },
        { "Try=/../other/b.txt", "Try is '/../other/b.txt', which leads out of the root" },
        { "MediaType=x", "MediaTypes:.a is 'x'" },
        { "MaxRanges=-1", "MaxRanges is -1" },
    };

    [Theory]
    [MemberData(nameof(EachFault))]
    public void Fault_IsNamedWithItsPath(string setting, string fault)
    {
        var (name, value) = (setting[..setting.IndexOf('=')], setting[(setting.IndexOf('=') + 1)..]);
        var site = name switch
        {
            "Root" => _sound with { Root = value },
            "PathPrefix" => _sound with { PathPrefix = value },
            "Hosts" => _sound with { Hosts = [value] },
            "IndexFiles" => _sound with { IndexFiles = [value] },
            "Try" => _sound with { Try = [value] },
            "SinglePageFallback" => _sound with { SinglePageFallback = value },
            "NeverFallBack" => _sound with { NeverFallBack = [value] },
            "Policy" => _sound with { Policy = value },
            "CacheControl" => _sound with { CacheControl = value },
            "Charset" => _sound with { Charset = value },
            "ErrorPage" => _sound with { ErrorPages = new Dictionary<string, string> { [value] = "index.html" } },
            "ErrorFile" => _sound with { ErrorPages = new Dictionary<string, string> { ["404"] = value } },
            "Header" => _sound with { Headers = new Dictionary<string, string> { [value] = "x" } },
            "HeaderValue" => _sound with { Headers = new Dictionary<string, string> { ["X-A"] = value } },
            "Rule" => _sound with { Rules = [new FileRuleOptions { Files = value }] },
            "MediaType" => _sound with { MediaTypes = new Dictionary<string, string> { [".a"] = value } },
            _ => _sound with { MaxRanges = -1 },
        };
        Assert.Contains(Faults(site), f => f.StartsWith("StaticSites:web:" + fault, StringComparison.Ordinal));
    }

    [Fact]
    public void EachFaultOfBoundsAndAccess_IsNamedWithItsPath()
    {
        foreach (var (site, fault) in new[]
        {
            (_sound with { MaxRanges = 1001 }, "MaxRanges is 1001"),
            (_sound with { Cache = new() { MaxBytes = -1 } }, "Cache:MaxBytes is -1"),
            (_sound with { Cache = new() { MaxFileBytes = -1 } }, "Cache:MaxFileBytes is -1"),
            (_sound with { Cache = new() { MaxFileBytes = (64 * 1024 * 1024) + 1 } }, "Cache:MaxFileBytes is 67108865"),
            (_sound with { Cache = new() { CheckEvery = TimeSpan.FromTicks(-1) } }, "Cache:CheckEvery is -00:00:00.0000001"),
            (_sound with { Cache = new() { CheckEvery = TimeSpan.FromSeconds(61) } }, "Cache:CheckEvery is 00:01:01"),
            (_sound with { MediaTypes = new Dictionary<string, string> { ["x"] = "text/x" } }, "MediaTypes has 'x'; an extension starts with a dot"),
            (_sound with { Internal = true, PathPrefix = "/files", Policy = "members" }, "Policy is for clients, and no client reaches an internal site"),
        })
        {
            Assert.StartsWith("StaticSites:web:" + fault, Assert.Single(Faults(site)), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void BoundsThemselves_AreNoFaults() => Assert.All(
        [
            _sound with { MaxRanges = 0, Cache = new() { MaxBytes = 0, MaxFileBytes = 0, CheckEvery = TimeSpan.Zero } },
            _sound with { MaxRanges = 1000, Cache = new() { MaxBytes = long.MaxValue, MaxFileBytes = 64 * 1024 * 1024, CheckEvery = TimeSpan.FromMinutes(1) } },
        ],
        site => Assert.Empty(Faults(site)));

    [Theory]
    [InlineData("public, max-age=60")]
    [InlineData("max-age=60")]
    [InlineData("no-cache")]
    public void PolicyAndSharedCaches_DoNotGoTogether(string cacheControl)
    {
        var closed = _sound with { PathPrefix = "/closed", Policy = "members" };
        Assert.Contains("private or no-store", Assert.Single(Faults(closed with { CacheControl = cacheControl })), StringComparison.Ordinal);
        Assert.Contains("private or no-store", Assert.Single(Faults(closed with { Rules = [new FileRuleOptions { Files = "**", CacheControl = cacheControl }] })), StringComparison.Ordinal);
    }

    [Fact]
    public void OpenRootAroundAClosedOne_IsAFault()
    {
        var sites = new StaticSitesOptions { ["web"] = _sound, ["closed"] = new() { Root = "site/closed", PathPrefix = "/closed", Policy = "Default" } };
        Assert.Equal(["StaticSites:web:Root is open to all and contains the root of closed, which is not"], Faults(sites));
    }

    [Fact]
    public void OpenLinkToAClosedRoot_IsAFault()
    {
        Directory.CreateSymbolicLink(_folder.File("link"), _folder.File("other"));
        var sites = new StaticSitesOptions { ["web"] = new() { Root = "link" }, ["closed"] = new() { Root = "other", PathPrefix = "/closed", Internal = true } };
        Assert.Equal(["StaticSites:web:Root is open to all and contains the root of closed, which is not"], Faults(sites));
    }

    [Fact]
    public void TwoSitesInOnePlace_IsAFault()
    {
        var sites = new StaticSitesOptions { ["a"] = _sound with { Hosts = ["x.test"] }, ["b"] = _sound with { Hosts = ["X.test"] }, ["c"] = _sound };
        Assert.Equal(["StaticSites:b has the place of a: same PathPrefix, same host"], Faults(sites));
    }

    [Fact]
    public void FilesOfTheRoot_MayBeNamedWithASlash() =>
        Assert.Empty(Faults(_sound with { SinglePageFallback = "/index.html", ErrorPages = new Dictionary<string, string> { ["404"] = "/index.html" }, Try = ["$uri", "/index.html"] }));

    [Fact]
    public void OpenLinkAboveAClosedRoot_IsAFault()
    {
        Directory.CreateSymbolicLink(_folder.File("link"), _folder.File("."));
        var sites = new StaticSitesOptions { ["web"] = new() { Root = "link/site" }, ["closed"] = new() { Root = "site/closed", PathPrefix = "/closed", Internal = true } };
        Assert.Equal(["StaticSites:web:Root is open to all and contains the root of closed, which is not"], Faults(sites));
    }

    [Fact]
    public void TwoInternalSitesInOnePlace_IsAFault()
    {
        var kept = _sound with { Internal = true, PathPrefix = "/kept" };
        Assert.Equal(["StaticSites:b has the place of a: same PathPrefix, and both are internal"], Faults(new StaticSitesOptions { ["a"] = kept, ["b"] = kept with { PathPrefix = "/KEPT" } }));
    }

    [Fact]
    public void HostsOfAnInternalSite_AreAFault() =>
        Assert.Equal(["StaticSites:web:Hosts is for clients, and no client reaches an internal site"], Faults(_sound with { Internal = true, Hosts = ["x.test"] }));

    [Fact]
    public void AllFaults_AreReportedAtOnce() => Assert.Equal(3, Faults(_sound with { SinglePageFallback = "x", NeverFallBack = ["x"], MaxRanges = 1001 }).Count());

    private IEnumerable<string> Faults(StaticSiteOptions site) => Faults(new StaticSitesOptions { ["web"] = site });

    private IEnumerable<string> Faults(StaticSitesOptions sites)
    {
        var faults = new ValidateOptionsResultBuilder();
        StaticSitesValidator.AddFaults(sites, _folder.FullPath, ["members"], faults);
        return faults.Build().Failures ?? [];
    }

    public void Dispose() => _folder.Dispose();
}
