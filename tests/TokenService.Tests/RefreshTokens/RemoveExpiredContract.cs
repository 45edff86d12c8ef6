using FrontDoor.TestKit;
using FrontDoor.TokenService.Tests.Audit;
using FrontDoor.TokenService.Tests.Storage;
using FrontDoor.TokenService.Tests.Users;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace FrontDoor.TokenService.Tests.RefreshTokens;

public sealed class SqliteRemoveExpiredTests(SqliteStore store) : RemoveExpiredContract(store), IClassFixture<SqliteStore>;

public sealed class PostgreSqlRemoveExpiredTests(PostgreSqlStore store) : RemoveExpiredContract(store), IClassFixture<PostgreSqlStore>;

/// <summary>Rows whose time is over remove themselves, the same on every database.</summary>
public abstract class RemoveExpiredContract : IAsyncLifetime
{
    private const int Batch = 500;

    private static readonly TimeSpan BetweenBatches = TimeSpan.FromMilliseconds(50);

    private readonly TestStore _store;
    private readonly TestClock _clock = new();
    private TokenServiceApp _app = null!;
    private TokenClient _client = null!;

    protected RemoveExpiredContract(TestStore store) => (_store, store.Services) = (store, new FastHasher().Replace);

    public async ValueTask InitializeAsync()
    {
        _app = await _store.StartApartAsync(_clock);
        _client = new TokenClient(_app.Address);
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (_app is not null) await _app.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task SessionsWhoseTimeIsOver_RemoveThemselves_AndLivingOnesStay()
    {
        for (var i = 0; i < 3; i++) (await _client.ObtainAsync()).Succeeded();
        _clock.Advance(TimeSpan.FromHours(23));
        var living = await _client.ObtainAsync("root");
        Assert.Equal(4, await CountAsync());

        _clock.Advance(TimeSpan.FromHours(2));
        await Until.TrueAsync(
            async () =>
            {
                _clock.Advance(TimeSpan.FromSeconds(1)); // the next round is due a minute after the last
                return await CountAsync() == 1;
            },
            "three rows are gone");
        (await _client.RefreshAsync(living.Refresh)).Succeeded();
    }

    [Fact]
    public async Task MoreThanABatch_GoesBatchByBatchWithAPauseForOthers()
    {
        (await _client.ObtainAsync()).Succeeded();
        await _app.AddSessionsAsync(await _app.IdAsync("alice"), Batch + 199);
        _clock.Advance(TimeSpan.FromHours(26)); // a day, and as long as any token of theirs may live

        await _clock.WaitedForAsync(BetweenBatches);
        Assert.Equal(200, await CountAsync());
        _clock.Advance(BetweenBatches);
        await Until.TrueAsync(async () => await CountAsync() == 0, "the rest is gone");
    }

    private Task<int> CountAsync() => _app.QueryAsync(db => db.Sessions.CountAsync(TestContext.Current.CancellationToken));
}
