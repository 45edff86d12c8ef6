using System.Collections.Concurrent;
using System.Net;
using FrontDoor.Gateway.Tests.Observability;
using FrontDoor.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Yarp.ReverseProxy.Configuration;

namespace FrontDoor.Gateway.Tests.Configuration;

/// <summary>A faulty configuration is not taken, is reported, and harms no request.</summary>
public sealed class BadReloadTests
{
    // Each breaks another section in another way; {0} makes it unlike the one before.
    private static readonly (string Path, string Value, string Fault)[] Mutations =
    [
        ("Policies:gate:Role{0}", "x", "Policies:gate:Role{0} is "),
        ("Policies:empty{0}:Roles:Any:0", " ", "Policies:empty{0} has an empty value"),
        ("Issuers:main:Algorithms:{0}", "HS256", "Issuers:main:Algorithms"),
        ("Issuers:new{0}:Issuer", "https://new.test", "Issuers:new{0}:Audiences is missing"),
        ("Issuers:main:ClockSkew", "0{0}:00:00", "Issuers:main:ClockSkew is "),
        ("ReverseProxy:Routes:r:AuthorizationPolicy", "gate{0}", "ReverseProxy:Routes:r:AuthorizationPolicy is gate{0}"),
        ("ReverseProxy:Routes:r:ClusterId", "c{0}", "ReverseProxy:Routes:r:ClusterId is c{0}"),
        ("ReverseProxy:Routes:r:Match:Path", "/r{0}/{x", "ReverseProxy:Routes:r: "),
        ("ReverseProxy:Routes:new{0}:Match:Path", "/new", "ReverseProxy:Routes:new{0}:ClusterId is missing"),
        ("ReverseProxy:Routes:r:Transforms:0:Sett{0}", "x", "ReverseProxy:Routes:r: "),
        ("ReverseProxy:Clusters:c:Destinations:d:Adress{0}", "x", "ReverseProxy:Clusters:c:Destinations:d:Adress{0} is not a setting"),
        ("ReverseProxy:Clusters:c:LoadBalancingPolicy", "Fair{0}", "Fair{0}"),
        ("ReverseProxy:Clusters:c:HttpRequest:Version", "v{0}", "ReverseProxy:Clusters:c:HttpRequest:Version is 'v{0}'"),
        ("RateLimits:tight{0}:Permits", "0", "RateLimits:tight{0}:Permits is 0"),
        ("Resilience:Clusters:x{0}:Retries", "1", "Resilience:Clusters:x{0} is for a cluster"),
        ("Resilience:Clusters:c:Retries", "many{0}", "Resilience:Clusters:c:Retries is 'many{0}'"),
        ("IdentityPropagation:Headers:X_{0}", "sub", "IdentityPropagation:Headers has 'X_{0}'"),
        ("TokenCache:MaxBytes", "{0}", "TokenCache:MaxBytes is {0}"),
        ("Edge:MaxRequestBodyBytes", "-{0}", "Edge:MaxRequestBodyBytes is -{0}"),
        ("Kestrel:Endpoints:Public{0}:Url", "nowhere", "Kestrel:Endpoints:Public{0}:Url is nowhere"),
    ];

    [Fact]
    public async Task HundredFaultyConfigurationsUnderLoad_FailNoRequest_AndTheNextGoodOneIsTaken()
    {
        await using var gateway = await ReloadingGateway.StartAsync();
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var statuses = new ConcurrentDictionary<HttpStatusCode, int>();
        var load = Enumerable.Range(0, 4).Select(_ => LoadAsync(gateway, statuses, enough.Token)).ToArray();

        for (var i = 1; i <= 100; i++)
        {
            var (path, value, fault) = Mutations[i % Mutations.Length];
            (path, value, fault) = (Numbered(path), Numbered(value), Numbered(fault));
            var broken = new Dictionary<string, string?>(gateway.Settings) { [path] = value };
            // Every tenth is no JSON at all.
            if (i % 10 == 0) await gateway.RefusedAsync($"{{{new string('\n', i)},", $"LineNumber: {i}");
            else await gateway.RefusedAsync(ReloadingGateway.Json(broken), fault);

            string Numbered(string text) => text.Replace("{0}", $"{i}", StringComparison.Ordinal);
        }

        await gateway.HealthAsync("Degraded");
        gateway.Settings["Policies:gate:Roles:Any:1"] = "b";
        await gateway.TakenAsync();
        await gateway.HealthAsync("Healthy");
        using var letIn = await gateway.GetAsync("/r/b", "b");
        Assert.Equal(HttpStatusCode.OK, letIn.StatusCode);

        await enough.CancelAsync();
        await Task.WhenAll(load);
        Assert.Equal([HttpStatusCode.OK], statuses.Keys);
        Assert.True(statuses[HttpStatusCode.OK] >= 100, $"only {statuses[HttpStatusCode.OK]} requests");
    }

    [Fact]
    public async Task RefusedAndTakenConfigurations_AreCounted()
    {
        await using var gateway = await ReloadingGateway.StartAsync();
        using var counted = new Counts(gateway.Services, "gateway.config.reloads");
        gateway.Settings["Policies:x:Roles:Any:0"] = "";
        await gateway.RefusedAsync("Policies:x has an empty value");
        await Until.TrueAsync(() => counted.Of("refused") == 1, "the refusal is counted");
        Assert.Equal(0, counted.Of("taken"));
        gateway.Settings["Policies:x:Roles:Any:0"] = "a";
        await gateway.TakenAsync();
        Assert.Equal((1, 1), (counted.Of("refused"), counted.Of("taken")));
    }

    [Fact]
    public async Task FileThatIsGone_ChangesNothing_AndItsReturnMends()
    {
        await using var gateway = await ReloadingGateway.StartAsync(new Dictionary<string, string?> { ["AllowedHosts"] = "127.0.0.1" });
        File.Delete(gateway.File);
        gateway.Look();
        await Until.TrueAsync(() => gateway.Reported("appsettings.json"), "the missing file is reported");
        await gateway.HealthAsync("Degraded");

        using var served = await gateway.GetAsync("/r/1", "a");
        Assert.Equal(HttpStatusCode.OK, served.StatusCode);
        gateway.Client.DefaultRequestHeaders.Host = "other.test";
        using var otherHost = await gateway.GetAsync("/open");
        Assert.Equal(HttpStatusCode.BadRequest, otherHost.StatusCode);

        gateway.Write(ReloadingGateway.Json(gateway.Settings));
        await gateway.HealthAsync("Healthy");
    }

    [Fact]
    public async Task FileThatIsSaved_IsNoticedWithoutBeingTold()
    {
        await using var gateway = await ReloadingGateway.StartAsync();
        await File.WriteAllTextAsync(gateway.File, "{ no JSON", TestContext.Current.CancellationToken);
        await Until.TrueAsync(() => gateway.Reported("LineNumber: 0"), "the broken file is reported");
        await File.WriteAllTextAsync(gateway.File, ReloadingGateway.Json(gateway.Settings), TestContext.Current.CancellationToken);
        await gateway.HealthAsync("Healthy");
    }

    [Fact]
    public async Task ConfigurationThatYarpDoesNotTake_IsReportedAndTakenBack()
    {
        await using var gateway = await ReloadingGateway.StartAsync();
        // No fault is known that passes YARP's checks and stops it afterwards, so its word is spoken here.
        var listener = gateway.Services.GetRequiredService<IConfigChangeListener>();
        // Again and again: the look that every start takes may come in between, and finds the file as it should be.
        await gateway.HealthAsync("Degraded", () => listener.ConfigurationApplyingFailed([], new InvalidOperationException("YARP's reason")));
        Assert.True(gateway.Reported("YARP's reason"));
        using var served = await gateway.GetAsync("/r/1", "a");
        Assert.Equal(HttpStatusCode.OK, served.StatusCode);

        gateway.Look();
        await gateway.HealthAsync("Healthy");
    }

    [Fact]
    public async Task FaultyConfiguration_OpensNoListener()
    {
        await using var gateway = await ReloadingGateway.StartAsync();
        using var folder = new TestFolder();
        gateway.Settings["Kestrel:Endpoints:More:Url"] = "http://unix:" + folder.File("more.sock");
        gateway.Settings["Policies:x:Roles:Any:0"] = "";
        await gateway.RefusedAsync("Policies:x has an empty value");
        Assert.False(File.Exists(folder.File("more.sock")));
    }

    private static async Task LoadAsync(ReloadingGateway gateway, ConcurrentDictionary<HttpStatusCode, int> statuses, CancellationToken enough)
    {
        while (!enough.IsCancellationRequested)
        {
            using var guarded = await gateway.GetAsync("/r/load", "a");
            statuses.AddOrUpdate(guarded.StatusCode, 1, (_, count) => count + 1);
            using var open = await gateway.GetAsync("/open");
            statuses.AddOrUpdate(open.StatusCode, 1, (_, count) => count + 1);
        }
    }
}
