using System.Text.Json;
using FrontDoor.TestKit;
using FrontDoor.TokenService.Tests.Storage;
using FrontDoor.TokenService.Tests.Users;
using FrontDoor.TokenService.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace FrontDoor.TokenService.Tests.Revocations;

public sealed class SqliteRevocationTests(SqliteStore store) : RevocationContract(store), IClassFixture<SqliteStore>;

public sealed class PostgreSqlRevocationTests(PostgreSqlStore store) : RevocationContract(store), IClassFixture<PostgreSqlStore>;

/// <summary>What the feed says of ended sessions, the same on every database.</summary>
public abstract class RevocationContract(TestStore store) : IAsyncLifetime
{
    private TokenClient Client => store.Client;

    public async ValueTask InitializeAsync()
    {
        store.Services = new FastHasher().Replace;
        await store.StartAsync();
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public Task SignOut_RevokesThisSession() => AssertRevokedAsync(1, (_, pairs) => Client.BlacklistAsync(pairs[0].Refresh));

    [Fact]
    public Task DeletedSession_IsRevoked() =>
        AssertRevokedAsync(1, (_, pairs) => Client.SendAsync(HttpMethod.Delete, $"/api/sessions/{Jwt.Claim(pairs[0].Access, "sid")}", pairs[1].Access));

    [Fact]
    public Task AllSessionsDeleted_AreRevokedTogether() =>
        AssertRevokedAsync(3, (_, pairs) => Client.SendAsync(HttpMethod.Delete, "/api/sessions", pairs[0].Access));

    [Fact]
    public Task ReusedRefreshToken_RevokesItsSession() => AssertRevokedAsync(1, async (_, pairs) =>
    {
        await Client.RefreshAsync((await Client.RefreshAsync(pairs[0].Refresh)).Refresh);
        await Client.RefreshAsync(pairs[0].Refresh);
    });

    [Fact]
    public Task UserDisabled_RevokesAllItsSessions() => AssertRevokedAsync(3, (name, _) => AdministerAsync(users => users.DisableAsync(name, CancellationToken.None)));

    [Fact]
    public Task PasswordReset_RevokesAllItsSessions() =>
        AssertRevokedAsync(3, (name, _) => AdministerAsync(users => users.ResetPasswordAsync(name, "another password", CancellationToken.None)));

    [Fact]
    public async Task AllSessionsDeletedFromSeveralDevicesAtOnce_EachEndsOnce()
    {
        var name = await store.App.AddUserAsync();
        var pairs = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Client.ObtainAsync(name)));
        var answers = await Task.WhenAll(pairs.Take(5).Select(pair => Client.SendAsync(HttpMethod.Delete, "/api/sessions", pair.Access)));
        Assert.All(answers, answer => Assert.True(answer.Status is 200 or 401, answer.ToString()));
        Assert.Equal(10, answers.Where(a => a.Status == 200).Sum(a => JsonElement.Parse(a.Body).GetProperty("ended").GetInt32()));
    }

    [Fact]
    public async Task Resumed_GivesExactlyWhatWasMissed()
    {
        var (before, missed, alsoMissed) = (await Client.ObtainAsync(), await Client.ObtainAsync(), await Client.ObtainAsync());
        long last;
        await using (var feed = await FeedClient.OpenAsync(store.App))
        {
            await feed.NextAsync();
            await Client.BlacklistAsync(before.Refresh);
            last = (await feed.NextAsync()).Id;
        }

        await Client.BlacklistAsync(missed.Refresh);
        await Client.BlacklistAsync(alsoMissed.Refresh);
        await using (var other = await FeedClient.OpenAsync(store.App, last))
        {
            var first = await other.NextAsync();
            var entries = first.Entries.ToList();
            while (entries.Count < 2) entries.AddRange((await other.NextAsync()).Entries);
            Assert.Equal(("delta", Entry(missed), Entry(alsoMissed)), (first.Type, entries[0], entries[1]));
        }

        await using var future = await FeedClient.OpenAsync(store.App, last + 1_000_000);
        var snapshot = await future.NextAsync();
        Assert.Equal("snapshot", snapshot.Type);
        Assert.Superset(new HashSet<string> { Entry(before), Entry(missed), Entry(alsoMissed) }, snapshot.Entries.ToHashSet());
    }

    [Fact]
    public async Task QuietFeed_ShowsThatItIsAlive()
    {
        await using var feed = await FeedClient.OpenAsync(store.App);
        var snapshot = await feed.NextAsync();
        var heartbeat = await store.TickUntilAsync(feed.AnyAsync());
        Assert.Equal(("heartbeat", snapshot.Id, 0), (heartbeat.Type, heartbeat.Id, heartbeat.Entries.Count));
    }

    [Fact]
    public async Task ServiceThatStops_EndsItsFeeds()
    {
        await using var feed = await FeedClient.OpenAsync(store.App);
        await feed.NextAsync();
        await store.RestartAsync().WaitAsync(Until.Patience, TestContext.Current.CancellationToken);
        Assert.False(await feed.GoesOnAsync());
    }

    [Fact]
    public async Task Restart_KeepsRevocationsUntilTheyOutliveTheTokens()
    {
        var pair = await Client.ObtainAsync();
        await Client.BlacklistAsync(pair.Refresh);
        var ended = store.Clock.GetUtcNow();
        await store.RestartAsync();
        await using (var feed = await FeedClient.OpenAsync(store.App))
        {
            var snapshot = await feed.NextAsync();
            var at = snapshot.Entries.ToList().IndexOf(Entry(pair));
            Assert.Equal((ended.AddMinutes(61).ToUnixTimeMilliseconds() + 999) / 1000, snapshot.Expires[at]);
        }

        var sid = Jwt.Claim(pair.Access, "sid");
        store.Clock.Advance(TimeSpan.FromMinutes(61));
        // After the leap the feed waits for its next look at the database, which is due by this clock.
        await using (var feed = await store.TickUntilAsync(FeedClient.OpenAsync(store.App))) Assert.DoesNotContain(Entry(pair), (await feed.NextAsync()).Entries);
        store.Clock.Advance(TimeSpan.FromDays(1)); // the row stays for a clock that is ahead
        await store.TickUntilAsync(RemovedAsync(sid!));
        await using var later = await FeedClient.OpenAsync(store.App);
        Assert.DoesNotContain(Entry(pair), (await later.NextAsync()).Entries);
        await Client.BlacklistAsync((await Client.ObtainAsync()).Refresh);
        Assert.NotEmpty((await later.NextAsync()).Entries);
    }

    /// <summary>Signs a user in three times, acts, and expects exactly the first so many of these sessions in one delta.</summary>
    private async Task AssertRevokedAsync(int count, Func<string, Reply[], Task> act)
    {
        var name = await store.App.AddUserAsync();
        Reply[] pairs = [await Client.ObtainAsync(name), await Client.ObtainAsync(name), await Client.ObtainAsync(name)];
        var bystander = await Client.ObtainAsync();
        await using var feed = await FeedClient.OpenAsync(store.App);
        var snapshot = await feed.NextAsync();
        Assert.Equal("snapshot", snapshot.Type);
        Assert.Empty(snapshot.Entries.Intersect(pairs.Append(bystander).Select(Entry)));

        await act(name, pairs);
        var delta = await feed.NextAsync();
        Assert.Equal("delta", delta.Type);
        Assert.Equal(pairs.Take(count).Select(Entry).Order(), delta.Entries.Order());
        Assert.True(delta.Id > snapshot.Id);

        // Nothing else was on its way.
        await Client.BlacklistAsync(bystander.Refresh);
        Assert.Equal([Entry(bystander)], (await feed.NextAsync()).Entries);
    }

    private static string Entry(Reply pair) => $"session:{Jwt.Claim(pair.Access, "sid")}";

    private async Task<bool> RemovedAsync(string subject)
    {
        while (await store.App.QueryAsync(db => db.Revocations.AnyAsync(r => r.Subject == subject))) await Task.Yield();
        return true;
    }

    private async Task AdministerAsync(Func<UserAdministration, Task> act)
    {
        await using var scope = store.App.Services.CreateAsyncScope();
        await act(scope.ServiceProvider.GetRequiredService<UserAdministration>());
    }
}
