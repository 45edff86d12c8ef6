using FrontDoor.TestKit;
using FrontDoor.TokenService.Keys;
using FrontDoor.TokenService.Tests.Revocations;
using FrontDoor.TokenService.Tests.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace FrontDoor.TokenService.Tests.Storage;

/// <summary>Two nodes on one PostgreSQL database with a clock that stands still: what arrives did not come by polling.</summary>
public sealed class ChangeNoticesTests(PostgreSqlServer server) : IAsyncLifetime
{
    private const string Listening = "FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'";

    private readonly PostgreSqlStore _store = new(server);
    private TokenServiceApp _other = null!;
    private TokenClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _store.Services = new FastHasher().Replace;
        _store.Settings["Revocations:PollInterval"] = "00:00:10";
        await _store.StartAsync();
        _other = await _store.StartAnotherAsync();
        _client = new TokenClient(_other.Address);
        await ListenersAsync(2);
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (_other is not null) await _other.DisposeAsync();
        await _store.DisposeAsync();
    }

    [Fact]
    public async Task SessionEndedOnOneNode_IsInTheFeedOfTheOther()
    {
        await using var feed = await FeedClient.OpenAsync(_store.App);
        await feed.NextAsync();
        for (var round = 0; round < 3; round++) Assert.Equal([await EndASessionAsync()], (await feed.NextAsync()).Entries);
    }

    [Fact]
    public async Task KeyMadeOnOneNode_IsInTheRingOfTheOther()
    {
        await using (var scope = _other.Services.CreateAsyncScope())
            await scope.ServiceProvider.GetRequiredService<KeyStore>().RotateAsync(atOnce: false, TestContext.Current.CancellationToken);
        foreach (var node in new[] { _store.App, _other })
            await Until.TrueAsync(() => node.Services.GetRequiredService<KeyRing>().Published.Count == 2, "both nodes publish the next key");
    }

    [Fact]
    public async Task SessionEndedWhileNobodyListened_ArrivesOnceTheListenerIsBack()
    {
        await using var feed = await FeedClient.OpenAsync(_store.App);
        await feed.NextAsync();
        await CutListenersAsync();
        var ended = await EndASessionAsync();

        // Long enough for a new attempt, not for a poll.
        _store.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([ended], (await feed.NextAsync()).Entries);
        await ListenersAsync(2);
        Assert.Equal([await EndASessionAsync()], (await feed.NextAsync()).Entries);
        Assert.Single(_store.App.Logs.All, line => line.Contains("No notices", StringComparison.Ordinal));
    }

    private async Task<string> EndASessionAsync()
    {
        var pair = await _client.ObtainAsync();
        (await _client.BlacklistAsync(pair.Refresh)).Succeeded();
        return $"session:{Jwt.Claim(pair.Access, "sid")}";
    }

    private async Task CutListenersAsync()
    {
        await _store.App.QueryAsync(db => db.Database.SqlQueryRaw<bool>($"SELECT pg_terminate_backend(pid) AS \"Value\" {Listening}").ToListAsync());
        foreach (var node in new[] { _store.App, _other })
            await Until.TrueAsync(() => node.Logs.All.Any(line => line.Contains("No notices", StringComparison.Ordinal)), "the node has lost its listener");
    }

    private Task ListenersAsync(int count) => Until.TrueAsync(
        async () => await _store.App.QueryAsync(db => db.Database.SqlQueryRaw<int>($"SELECT count(*)::int AS \"Value\" {Listening}").SingleAsync()) == count,
        $"{count} nodes listen");
}
