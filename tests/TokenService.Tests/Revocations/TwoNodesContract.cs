using FrontDoor.TokenService.Tests.Storage;
using FrontDoor.TokenService.Tests.Users;
using Xunit;

namespace FrontDoor.TokenService.Tests.Revocations;

public sealed class SqliteTwoNodesTests(SqliteStore store) : TwoNodesContract(store), IClassFixture<SqliteStore>;

public sealed class PostgreSqlTwoNodesTests(PostgreSqlStore store) : TwoNodesContract(store), IClassFixture<PostgreSqlStore>;

/// <summary>Feeds of two nodes on one database say the same, the same on every database.</summary>
public abstract class TwoNodesContract(TestStore store) : IAsyncLifetime
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
    public async Task EndedOnAnotherNode_ArrivesHere()
    {
        await using var other = await store.StartAnotherAsync();
        using var client = new TokenClient(other.Address);
        var pair = await client.ObtainAsync();
        await using var feed = await FeedClient.OpenAsync(store.App);
        await feed.NextAsync();
        await client.BlacklistAsync(pair.Refresh);
        Assert.Equal([Entry(pair)], (await store.TickUntilAsync(feed.NextAsync())).Entries);
    }

    [Fact]
    public async Task ManyEndedAtOnceOnTwoNodes_ArriveOnceEachInOrder()
    {
        await using var other = await store.StartAnotherAsync();
        using var client = new TokenClient(other.Address);
        var pairs = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => Client.ObtainAsync()));
        await using var here = await FeedClient.OpenAsync(store.App);
        await using var there = await FeedClient.OpenAsync(other);
        var last = (await here.NextAsync()).Id;
        await there.NextAsync();

        var answers = await Task.WhenAll(pairs.Select((pair, i) => (i % 2 == 0 ? Client : client).BlacklistAsync(pair.Refresh)));
        Assert.All(answers, answer => answer.Succeeded());
        foreach (var feed in new[] { here, there })
        {
            var (entries, ids) = (new List<string>(), new List<long> { last });
            while (entries.Count < 30)
            {
                var item = await store.TickUntilAsync(feed.NextAsync());
                entries.AddRange(item.Entries);
                ids.AddRange(item.EntryIds);
                Assert.Equal(item.EntryIds[^1], item.Id);
            }

            Assert.Equal(pairs.Select(Entry).Order(), entries.Order());
            Assert.Equal(ids.Distinct().Order(), ids);
        }
    }

    private static string Entry(Reply pair) => $"session:{Jwt.Claim(pair.Access, "sid")}";
}
