using System.Net;
using FrontDoor.Gateway.Tests.Observability;
using FrontDoor.TestKit;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace FrontDoor.Gateway.Tests.Configuration;

/// <summary>What a changed configuration changes, and what it leaves alone.</summary>
public sealed class ReloadTests
{
    [Fact]
    public async Task TighterPolicyUnderAnUnchangedRoute_HoldsForTheNextRequest()
    {
        await using var gateway = await ReloadingGateway.StartAsync();
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(gateway, "/r/1", "a"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(gateway, "/r/2", "b"));

        gateway.Settings["Policies:gate:Roles:Any:0"] = "b";
        await gateway.TakenAsync();

        using var refused = await gateway.GetAsync("/r/3", "a");
        await ProblemAssert.IsAsync(refused, HttpStatusCode.Forbidden, "permission_denied");
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(gateway, "/r/4", "b"));
        await Until.TrueAsync(() => gateway.Logs.All.Any(l => l.Contains("route=r destination=- reason=policy_gate", StringComparison.Ordinal)), "the log names the policy as it is written");
    }

    [Fact]
    public async Task PartOfACombination_HoldsAnewForTheRoutesOfTheCombination()
    {
        await using var gateway = await ReloadingGateway.StartAsync(new Dictionary<string, string?>
        {
            ["Policies:part:Roles:Any:0"] = "b",
            ["Policies:whole:AnyOf:0"] = "gate",
            ["Policies:whole:AnyOf:1"] = "part",
            ["ReverseProxy:Routes:r:AuthorizationPolicy"] = "whole",
        });
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(gateway, "/r/1", "a"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(gateway, "/r/2", "b"));

        gateway.Settings["Policies:part:Roles:Any:0"] = "c";
        await gateway.TakenAsync();
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(gateway, "/r/3", "b"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(gateway, "/r/4", "c"));

        gateway.Settings["Policies:part:AllOf:0"] = "whole";
        await gateway.RefusedAsync("Policies:part leads back to itself: part > whole > part");
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(gateway, "/r/5", "b"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(gateway, "/r/6", "c"));
    }

    [Fact]
    public async Task OpenedAndRemovedRoutes_FollowTheFile()
    {
        await using var gateway = await ReloadingGateway.StartAsync();
        gateway.Settings["ReverseProxy:Routes:r:AuthorizationPolicy"] = "Anonymous";
        gateway.Settings["ReverseProxy:Routes:open:AuthorizationPolicy"] = null;
        await gateway.TakenAsync();
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(gateway, "/r/1"));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(gateway, "/open"));

        foreach (var path in gateway.Settings.Keys.Where(k => k.StartsWith("ReverseProxy:Routes:r:", StringComparison.Ordinal))) gateway.Settings[path] = null;
        await gateway.TakenAsync();
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(gateway, "/r/1"));
    }

    [Fact]
    public async Task UnchangedIssuer_KeepsItsKeysAndItsTokens()
    {
        await using var gateway = await ReloadingGateway.StartAsync();
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(gateway, "/r/1", "a"));
        var fetches = gateway.Issuer.Fetches;

        gateway.Settings["Policies:other:Roles:Any:0"] = "x";
        await gateway.TakenAsync();
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(gateway, "/r/2", "a"));
        Assert.Equal(fetches, gateway.Issuer.Fetches);
    }

    [Fact]
    public async Task ChangedClaimNames_HoldForRememberedTokens()
    {
        await using var gateway = await ReloadingGateway.StartAsync();
        var token = gateway.Token("a");
        Assert.Equal(HttpStatusCode.OK, await WithTokenAsync(gateway, token));
        gateway.Settings["Issuers:main:Claims:Roles"] = "groups";
        await gateway.TakenAsync();
        Assert.Equal(HttpStatusCode.Forbidden, await WithTokenAsync(gateway, token));
    }

    [Fact]
    public async Task CookieOfARoute_CountsFromTheNextRequestOn()
    {
        await using var gateway = await ReloadingGateway.StartAsync();
        foreach (var (cookie, expected) in new[] { (null, HttpStatusCode.Unauthorized), ("t", HttpStatusCode.OK), (null, HttpStatusCode.Unauthorized) })
        {
            if (gateway.Settings.GetValueOrDefault("Credentials:Routes:r:Cookie") != cookie)
            {
                gateway.Settings["Credentials:Routes:r:Cookie"] = cookie;
                await gateway.TakenAsync();
            }

            using var request = new HttpRequestMessage(HttpMethod.Get, "/r/1") { Headers = { { "Cookie", $"t={gateway.Token("a")}" } } };
            using var answer = await gateway.Client.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal(expected, answer.StatusCode);
        }
    }

    [Fact]
    public async Task ChangedAudience_EndsRememberedTokens()
    {
        await using var gateway = await ReloadingGateway.StartAsync();
        var token = gateway.Token("a");
        await RememberAsync(gateway, token);

        gateway.Settings["Issuers:main:Audiences:0"] = "another";
        await gateway.TakenAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, await WithTokenAsync(gateway, token));
        Assert.Equal(HttpStatusCode.OK, await WithTokenAsync(gateway, gateway.Token("a", "another")));
    }

    [Fact]
    public async Task ChangedSettingOfAnIssuer_RememberedTokensAreCheckedOnceMore()
    {
        await using var gateway = await ReloadingGateway.StartAsync();
        var token = gateway.Token("a");
        await RememberAsync(gateway, token);
        gateway.Settings["Issuers:main:ClockSkew"] = "00:00:10";
        await gateway.TakenAsync();

        using var outcomes = new Counts(gateway.Services, "gateway.authentication.results");
        await RememberAsync(gateway, token);
        Assert.Equal((1, 3), (outcomes.Of("validated"), outcomes.Of("remembered")));
    }

    [Fact]
    public async Task ChangedIssuerThatCannotBeReached_IsJudgedByTheKeysThatWereFetched()
    {
        await using var gateway = await ReloadingGateway.StartAsync();
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(gateway, "/r/1", "a"));
        gateway.Issuer.OnJwks = context =>
        {
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            return Task.CompletedTask;
        };
        gateway.Settings["Issuers:main:ClockSkew"] = "00:00:10";
        await gateway.TakenAsync();
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(gateway, "/r/2", "a"));
    }

    [Fact]
    public async Task RemovedIssuer_IsTrustedNoLonger_AndANewOneIs()
    {
        await using var gateway = await ReloadingGateway.StartAsync();
        var token = gateway.Token("a");
        await RememberAsync(gateway, token);
        var address = gateway.Settings["Issuers:main:MetadataAddress"];
        foreach (var path in gateway.Settings.Keys.Where(k => k.StartsWith("Issuers:", StringComparison.Ordinal))) gateway.Settings[path] = null;
        await gateway.TakenAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, await WithTokenAsync(gateway, token));

        gateway.Settings["Issuers:again:Issuer"] = FakeIssuer.Name;
        gateway.Settings["Issuers:again:MetadataAddress"] = address;
        gateway.Settings["Issuers:again:Audiences:0"] = FakeIssuer.Audience;
        await gateway.TakenAsync();
        Assert.Equal(HttpStatusCode.OK, await WithTokenAsync(gateway, token));
    }

    [Fact]
    public async Task ChangedIssuer_StillTakesBackWhatItHasRevoked()
    {
        await using var feed = await FakeFeed.StartAsync();
        await using var gateway = await ReloadingGateway.StartAsync(feed.Settings.ToDictionary(s => s.Key.Replace("token-service", "main", StringComparison.Ordinal), s => s.Value));
        var token = gateway.Issuer.Token(claims => (claims["roles"], claims["sid"]) = (new[] { "a" }, "s1"));
        Assert.Equal(HttpStatusCode.OK, await WithTokenAsync(gateway, token));
        await feed.FollowedAsync();
        feed.Say(FakeFeed.Event("revoke", 1, "session", "s1"));
        await Until.TrueAsync(() => WithTokenAsync(gateway, token).GetAwaiter().GetResult() == HttpStatusCode.Unauthorized, "the session is revoked");

        feed.Greeting = null; // the new follower hears nothing
        gateway.Settings["Issuers:main:ClockSkew"] = "00:00:10";
        await gateway.TakenAsync();
        await feed.FollowedAsync(2);
        Assert.Equal(HttpStatusCode.Unauthorized, await WithTokenAsync(gateway, token));
        await Until.TrueAsync(() => feed.Followers == 1, "the former follower is gone");
    }

    [Fact]
    public async Task UnchangedLimit_KeepsItsCounts_AndAChangedOneStartsAnew()
    {
        await using var gateway = await ReloadingGateway.StartAsync(new Dictionary<string, string?>
        {
            ["RateLimits:tight:Permits"] = "2", ["RateLimits:tight:Window"] = "01:00:00", ["ReverseProxy:Routes:open:RateLimiterPolicy"] = "tight",
        });
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(gateway, "/open"));

        gateway.Settings["Policies:other:Roles:Any:0"] = "x";
        await gateway.TakenAsync();
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(gateway, "/open"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await StatusAsync(gateway, "/open"));

        gateway.Settings["RateLimits:tight:Permits"] = "3";
        await gateway.TakenAsync();
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(gateway, "/open"));

        gateway.Settings["ReverseProxy:Routes:open:RateLimiterPolicy"] = null;
        await gateway.TakenAsync();
        for (var i = 0; i < 5; i++) Assert.Equal(HttpStatusCode.OK, await StatusAsync(gateway, "/open"));
    }

    [Fact]
    public async Task ChangedResilience_HoldsForAnUnchangedCluster()
    {
        using var never = new SemaphoreSlim(0);
        await using var gateway = await ReloadingGateway.StartAsync(answer: context => context.Request.Path == "/open" ? never.WaitAsync(context.RequestAborted) : Task.CompletedTask);
        gateway.Settings["Resilience:Clusters:c:AttemptTimeout"] = "00:00:00.050";
        gateway.Settings["Resilience:Clusters:c:Retries"] = "0";
        await gateway.TakenAsync();
        Assert.Equal(HttpStatusCode.GatewayTimeout, await StatusAsync(gateway, "/open"));
    }

    [Fact]
    public async Task ChangedIdentityHeaders_AreStampedAndStripped()
    {
        await using var gateway = await ReloadingGateway.StartAsync();
        gateway.Settings["IdentityPropagation:Headers:Tenant"] = "name";
        await gateway.TakenAsync();
        gateway.Client.DefaultRequestHeaders.Add("Tenant", "forged");
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(gateway, "/r/1", "a"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(gateway, "/open"));
        Assert.Equal(["Alice", null], gateway.Backend.Received.Select(r => r.Header("Tenant")));
    }

    [Fact]
    public async Task ChangedBodyLimit_HoldsForBodiesWithAndWithoutALength()
    {
        await using var gateway = await ReloadingGateway.StartAsync(answer: context => context.Request.Body.CopyToAsync(Stream.Null));
        gateway.Settings["Edge:MaxRequestBodyBytes"] = "1000";
        await gateway.TakenAsync();
        foreach (var chunked in new[] { false, true })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/open") { Content = new ByteArrayContent(new byte[2000]), Headers = { TransferEncodingChunked = chunked } };
            using var answer = await gateway.Client.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        }
    }

    [Fact]
    public async Task ChangedListenersAndHosts_AreTakenOver()
    {
        await using var gateway = await ReloadingGateway.StartAsync();
        gateway.Settings["AllowedHosts"] = "front.test";
        await gateway.TakenAsync();
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(gateway, "/open"));
        gateway.Client.DefaultRequestHeaders.Host = "front.test";
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(gateway, "/open"));

        using var folder = new TestFolder();
        var socket = folder.File("more.sock");
        gateway.Settings["Kestrel:Endpoints:More:Url"] = "http://unix:" + socket;
        await gateway.TakenAsync();
        await Until.TrueAsync(() => File.Exists(socket), "the new listener is open");
    }

    [Fact]
    public async Task SettingThatIsReadOnce_IsSaidToNeedARestart()
    {
        await using var gateway = await ReloadingGateway.StartAsync();
        gateway.Settings["Redis:Configuration"] = "127.0.0.1:9";
        await gateway.TakenAsync();
        await Until.TrueAsync(() => gateway.Logs.All.Any(l => l.Contains("Redis has changed; that takes effect at the next start", StringComparison.Ordinal)), "the log says so");
    }

    private static async Task<HttpStatusCode> StatusAsync(ReloadingGateway gateway, string path, string? role = null)
    {
        using var answer = await gateway.GetAsync(path, role);
        return answer.StatusCode;
    }

    // New, remembered twice, and then known by its connection.
    private static async Task RememberAsync(ReloadingGateway gateway, string token)
    {
        for (var i = 0; i < 4; i++) Assert.Equal(HttpStatusCode.OK, await WithTokenAsync(gateway, token));
    }

    private static async Task<HttpStatusCode> WithTokenAsync(ReloadingGateway gateway, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/r/x");
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        using var answer = await gateway.Client.SendAsync(request, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }
}
