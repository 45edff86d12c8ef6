using System.Net;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.Authentication;

public sealed class RevocationFeedTests
{
    [Theory]
    [InlineData("20000")]
    [InlineData("0")] // without the cache
    public async Task RevokedSession_IsRefusedWhetherItsTokenWasSeenBeforeOrNot(string cacheEntries)
    {
        await using var gateway = await FollowingGateway.StartAsync(new() { ["TokenCache:MaxEntries"] = cacheEntries });
        var (seen, unseen, other) = (gateway.Token("a"), gateway.Token("a"), gateway.Token("b"));
        await gateway.RemembersAsync(seen);
        await gateway.AcceptsAsync(other);
        await gateway.SayAsync(FakeFeed.Event("delta", 1, "session", "a"), 1);

        await gateway.RefusesAsync(seen);
        await gateway.RefusesAsync(unseen);
        await gateway.RefusesAsync(seen);
        await gateway.AcceptsAsync(other);
        await gateway.AcceptsAsync(gateway.Issuer.Token());
    }

    [Fact]
    public async Task RevokedKey_RefusesAllItsTokens()
    {
        await using var gateway = await FollowingGateway.StartAsync();
        var seen = gateway.Token("a");
        await gateway.RemembersAsync(seen);
        await gateway.SayAsync(FakeFeed.Event("delta", 1, "key", gateway.Issuer.Kid), 1);
        await gateway.RefusesAsync(seen);
        await gateway.RefusesAsync(gateway.Token("b"));
        await gateway.RefusesAsync(gateway.Issuer.Token());
    }

    [Fact]
    public async Task RemovedClient_OrRevokedToken_IsRefusedAndNoOther()
    {
        await using var gateway = await FollowingGateway.StartAsync();
        string Token(string registration, string jti) => gateway.Token("a", claims =>
        {
            claims.Remove("sid");
            claims.Remove("user_id");
            (claims["sub"], claims["client_id"], claims["client_registration"], claims["jti"]) = ("billing", "billing", registration, jti);
        });
        var (removed, kept, revoked) = (Token("first", "1"), Token("second", "2"), Token("second", "3"));
        foreach (var token in new[] { removed, kept, revoked }) await gateway.AcceptsAsync(token);
        await gateway.SayAsync(FakeFeed.Event("delta", 1, "client", "first"), 1);
        await gateway.SayAsync(FakeFeed.Event("delta", 2, "token", "3"), 2);
        await gateway.RefusesAsync(removed);
        await gateway.RefusesAsync(Token("first", "4"));
        await gateway.RefusesAsync(revoked);
        await gateway.AcceptsAsync(kept); // the same client_id, registered anew
    }

    [Fact]
    public async Task AnonymousRoute_AsksNobody()
    {
        await using var gateway = await FollowingGateway.StartAsync(new() { ["ReverseProxy:Routes:echo:AuthorizationPolicy"] = "Anonymous" });
        await gateway.SayAsync(FakeFeed.Event("delta", 1, "session", "a"), 1);
        await gateway.AcceptsAsync(gateway.Token("a"));
    }

    [Fact]
    public async Task BrokenOff_ResumesAfterTheLastIdAndMissesNothing()
    {
        await using var gateway = await FollowingGateway.StartAsync();
        await gateway.SayAsync(FakeFeed.Event("delta", 7, "session", "a"), 7);
        await gateway.SayAsync(FakeFeed.Event("heartbeat", 8), 8);
        gateway.Feed.Greeting = FakeFeed.Event("delta", 9, "session", "b");
        gateway.Feed.BreakOff();
        await gateway.FollowedAgainAsync(2);
        await gateway.AppliedAsync(9);

        Assert.Equal(["", "8"], gateway.Feed.Resumed.Select(id => id ?? ""));
        await gateway.RefusesAsync(gateway.Token("a"));
        await gateway.RefusesAsync(gateway.Token("b"));
    }

    [Fact]
    public async Task SnapshotOfAnotherDatabase_AddsToTheList_NothingIsTakenBack()
    {
        await using var gateway = await FollowingGateway.StartAsync();
        await gateway.SayAsync(FakeFeed.Event("delta", 7, "session", "a"), 7);
        await gateway.SayAsync(FakeFeed.Event("snapshot", 2, "session", "b"), 2);
        await gateway.RefusesAsync(gateway.Token("a"));
        await gateway.RefusesAsync(gateway.Token("b"));
    }

    [Fact]
    public async Task SilentFeed_LetsTokensPassByDefaultAndSaysSo()
    {
        await using var gateway = await FollowingGateway.StartAsync();
        await gateway.SayAsync(FakeFeed.Event("delta", 1, "session", "a"), 1);
        Assert.Equal("Healthy", await gateway.HealthAsync());
        gateway.Clock.Advance(TimeSpan.FromSeconds(30) + TimeSpan.FromTicks(1));

        Assert.Equal("Degraded", await gateway.HealthAsync());
        await gateway.AcceptsAsync(gateway.Token("b"));
        await gateway.RefusesAsync(gateway.Token("a"));
        await gateway.SayAsync(FakeFeed.Event("heartbeat", 2), 2);
        Assert.Equal("Healthy", await gateway.HealthAsync());
    }

    [Fact]
    public async Task SilentFeed_WhenStaleClosed_IsUnavailableUntilItIsBack()
    {
        await using var gateway = await FollowingGateway.StartAsync(new() { ["Issuers:token-service:Revocations:WhenStale"] = "Closed" });
        var (seen, revoked) = (gateway.Token("b"), gateway.Token("a"));
        await gateway.AcceptsAsync(seen);
        await gateway.SayAsync(FakeFeed.Event("delta", 1, "session", "a"), 1);
        gateway.Clock.Advance(TimeSpan.FromSeconds(30) + TimeSpan.FromTicks(1));

        foreach (var token in new[] { seen, gateway.Token("b") })
        {
            using var answer = await gateway.GetAsync(token);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.NotNull(answer.Headers.RetryAfter);
        }

        await gateway.RefusesAsync(revoked);
        await gateway.SayAsync(FakeFeed.Event("heartbeat", 2), 2);
        await gateway.AcceptsAsync(seen);
    }

    [Fact]
    public async Task FeedNeverHeard_IsStale()
    {
        await using var gateway = await FollowingGateway.StartAsync(new() { ["Issuers:token-service:Revocations:WhenStale"] = "Closed" }, greeting: null);
        Assert.Equal("Degraded", await gateway.HealthAsync());
        using var answer = await gateway.GetAsync(gateway.Token("a"));
        await ProblemAssert.IsAsync(answer, HttpStatusCode.ServiceUnavailable, "issuer_unavailable");
    }

    public static TheoryData<string> Garbled => new(
        FakeFeed.Raw("delta", "1", "not json"),
        FakeFeed.Raw("delta", "1", "{}"),
        FakeFeed.Raw("delta", "1", "[1]"),
        FakeFeed.Raw("delta", "1", "[null]"),
        FakeFeed.Raw("delta", "1", """[{"id":"x"}]"""),
        FakeFeed.Raw("delta", "one", "[]"),
        FakeFeed.Raw("delta", "-1", "[]"),
        FakeFeed.Raw("delta", "99999999999999999999", "[]"),
        "data: []\n\n",
        "<html>\n\n\0\0\0\n\n");

    [Theory]
    [MemberData(nameof(Garbled))]
    public async Task GarbledEvent_IsAskedForAgainAndHarmsNothing(string text)
    {
        await using var gateway = await FollowingGateway.StartAsync();
        await gateway.SayAsync(FakeFeed.Event("delta", 5, "session", "a"), 5);
        gateway.Feed.Greeting = FakeFeed.Event("delta", 6, "session", "b");
        gateway.Feed.Say(text);
        // Whatever a parser lets pass ends here.
        if (text[0] == '<') gateway.Feed.BreakOff();
        await gateway.FollowedAgainAsync(2);
        await gateway.AppliedAsync(6);

        Assert.Equal("5", gateway.Feed.Resumed.Last());
        await gateway.RefusesAsync(gateway.Token("a"));
        await gateway.RefusesAsync(gateway.Token("b"));
        await gateway.AcceptsAsync(gateway.Token("c"));
    }

    [Fact]
    public async Task KindOfALaterVersion_IsPassedOver()
    {
        await using var gateway = await FollowingGateway.StartAsync();
        await gateway.SayAsync(FakeFeed.Raw("delta", "3", """[{"id":3,"kind":"device","subject":"a","expires":9999999999,"new":[1]}]"""), 3);
        await gateway.AcceptsAsync(gateway.Token("a"));
    }

    [Fact]
    public async Task FullDisk_IsLoggedAndRevocationsHoldUntilThereIsRoom()
    {
        const string Full = "/dev/full"; // takes nothing: no space left on device
        if (!File.Exists(Full)) Assert.Skip($"this system has no {Full}");
        using var folder = new TestFolder();
        var file = folder.File("revocations.json");
        File.CreateSymbolicLink(file + ".part", Full);
        await using var gateway = await FollowingGateway.StartAsync(new() { ["Issuers:token-service:Revocations:StateFile"] = file });
        await gateway.SayAsync(FakeFeed.Event("delta", 1, "session", "a"), 1);
        await Until.TrueAsync(() => gateway.Logs.All.Any(l => l.Contains("Revocations cannot be saved", StringComparison.Ordinal)), "the log says so");
        await gateway.RefusesAsync(gateway.Token("a"));
        await gateway.AcceptsAsync(gateway.Token("b"));
        Assert.False(File.Exists(file));

        File.Delete(file + ".part");
        await gateway.SayAsync(FakeFeed.Event("delta", 2, "session", "c"), 2);
        await Until.TrueAsync(() => File.Exists(file), "the list is saved");
    }

    [Fact]
    public async Task StateFile_RestoresTheListBeforeTheFeedAnswers()
    {
        using var folder = new TestFolder();
        var settings = new Dictionary<string, string?> { ["Issuers:token-service:Revocations:StateFile"] = folder.File("state/revocations.json") };
        await using (var first = await FollowingGateway.StartAsync(settings))
            await first.SayAsync(FakeFeed.Event("delta", 41, "session", "a"), 41);

        await using var second = await FollowingGateway.StartAsync(settings, greeting: null);
        Assert.Equal("41", Assert.Single(second.Feed.Resumed));
        await second.RefusesAsync(second.Token("a"));
        await second.AcceptsAsync(second.Token("b"));
        Assert.Equal("Degraded", await second.HealthAsync());
    }

    [Theory]
    [InlineData("""{"lastId":41,"entries":{"session:a":9999999999},"kinds":["key","session"]}""")]
    [InlineData("""{"lastId":41,"entries":{"session:a":9999999999}}""")]
    public async Task StateFileOfAVersionThatJudgedByFewerKinds_Holds_AndEverythingIsAskedFor(string saved)
    {
        using var folder = new TestFolder();
        File.WriteAllText(folder.File("revocations.json"), saved + "\n");
        await using var gateway = await FollowingGateway.StartAsync(new() { ["Issuers:token-service:Revocations:StateFile"] = folder.File("revocations.json") }, greeting: null);
        Assert.Null(Assert.Single(gateway.Feed.Resumed));
        await gateway.RefusesAsync(gateway.Token("a"));
        await gateway.SayAsync(FakeFeed.Event("snapshot", 42, "client", "b"), 42);
        await gateway.RefusesAsync(gateway.Token("a"));
    }
}
