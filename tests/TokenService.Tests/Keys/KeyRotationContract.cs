using System.Text.Json;
using FrontDoor.TestKit;
using FrontDoor.TokenService.Keys;
using FrontDoor.TokenService.Tests.Revocations;
using FrontDoor.TokenService.Tests.Storage;
using FrontDoor.TokenService.Tests.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace FrontDoor.TokenService.Tests.Keys;

public sealed class SqliteKeyRotationTests() : KeyRotationContract(new SqliteStore());

public sealed class PostgreSqlKeyRotationTests(PostgreSqlServer server) : KeyRotationContract(new PostgreSqlStore(server));

/// <summary>Rotation every hour, 10 minutes ahead, with tokens of 30 minutes, on a clock of the test's; the same on every database.</summary>
public abstract class KeyRotationContract(TestStore store) : IAsyncLifetime
{
    private static readonly TimeSpan Due = TimeSpan.FromMinutes(50);

    private TokenClient Client => store.Client;

    public async ValueTask InitializeAsync()
    {
        store.Settings["Keys:RotateEvery"] = "01:00:00";
        store.Settings["RefreshTokens:Lifetime"] = "00:30:00";
        store.Services = new FastHasher().Replace;
        await store.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task NextKey_IsPublishedThenSignsAndThePreviousLeavesWhenItsTokensHaveExpired()
    {
        var first = Kid(await Client.ObtainAsync());
        Assert.Equal([first], await PublishedAsync());

        store.Clock.Advance(Due);
        await PublishesAsync(store.App, 2);
        var second = Assert.Single((await PublishedAsync()).Except([first]));
        var activation = DateTimeOffset.FromUnixTimeMilliseconds(await store.App.QueryAsync(db => db.SigningKeys.Where(k => k.Kid == second).Select(k => k.ActivatesAt).SingleAsync()));
        Assert.InRange(activation - store.Clock.GetUtcNow(), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(10));

        store.Clock.SetUtcNow(activation.AddMilliseconds(-1));
        var last = await Client.ObtainAsync();
        Assert.Equal(first, Kid(last));
        store.Clock.SetUtcNow(activation);
        Assert.Equal(second, Kid(await Client.ObtainAsync()));

        (await Client.VerifyAsync(last.Access)).Is(200, "{}");
        var refreshed = (await Client.RefreshAsync(last.Refresh)).Succeeded();
        Assert.Equal(second, Kid(refreshed));
        Assert.Equal(Jwt.Claim(last.Access, "sid"), Jwt.Claim(refreshed.Access, "sid"));

        store.Clock.SetUtcNow(activation.AddMinutes(30));
        Assert.Contains(first, await PublishedAsync());
        store.Clock.SetUtcNow(activation.AddMinutes(32));
        await PublishesAsync(store.App, 1);
        Assert.Equal([second], await PublishedAsync());
        await store.RestartAsync();
        Assert.Equal(1, await store.App.QueryAsync(db => db.SigningKeys.CountAsync()));
    }

    [Fact]
    public async Task TwoNodes_RotateOnceAndSignWithTheSameKey()
    {
        await using var other = await store.StartAnotherAsync();
        using var client = new TokenClient(other.Address);
        var before = await client.ObtainAsync();
        store.Clock.Advance(Due);
        await PublishesAsync(store.App, 2);
        await PublishesAsync(other, 2);

        Assert.Equal([1, 2], await store.App.QueryAsync(db => db.SigningKeys.OrderBy(k => k.Generation).Select(k => k.Generation).ToListAsync()));
        Assert.Equal((await Client.GetAsync("/.well-known/jwks.json")).Body, (await client.GetAsync("/.well-known/jwks.json")).Body);
        store.Clock.Advance(TimeSpan.FromMinutes(10));
        var pair = await Client.ObtainAsync();
        Assert.NotEqual(Kid(before), Kid(pair));
        Assert.Equal(Kid(pair), Kid(await client.ObtainAsync()));
        (await client.VerifyAsync(pair.Access)).Is(200, "{}");
    }

    [Fact]
    public async Task RingWithNextAndCurrent_SurvivesARestart()
    {
        store.Clock.Advance(Due);
        await PublishesAsync(store.App, 2);
        var (published, pair) = ((await Client.GetAsync("/.well-known/jwks.json")).Body, await Client.ObtainAsync());
        await store.RestartAsync();
        Assert.Equal(published, (await Client.GetAsync("/.well-known/jwks.json")).Body);
        Assert.Equal(Kid(pair), Kid(await Client.ObtainAsync()));
        (await Client.RefreshAsync(pair.Refresh)).Succeeded();
    }

    [Fact]
    public async Task AsleepForAYear_TheKeySignsOnUntilTheNextOneIsDue()
    {
        var first = Kid(await Client.ObtainAsync());
        await store.RestartAsync(asleep: TimeSpan.FromDays(365));
        Assert.Equal(first, Kid(await Client.ObtainAsync()));
        Assert.Equal(2, (await PublishedAsync()).Count);
        store.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.NotEqual(first, Kid(await Client.ObtainAsync()));
    }

    [Fact]
    public async Task RevokedCurrentKey_IsReplacedAndItsTokensAreRefused()
    {
        var pair = await Client.ObtainAsync();
        await using var feed = await FeedClient.OpenAsync(store.App);
        await feed.NextAsync();
        await RevokeAsync(Kid(pair));
        Assert.Equal([$"key:{Kid(pair)}"], (await feed.NextAsync()).Entries);

        await WhileTickingAsync(() => Ring(store.App).Find(Kid(pair)) is null, "the ring is level with the database");
        var fresh = await Client.ObtainAsync();
        Assert.NotEqual(Kid(pair), Kid(fresh));
        Assert.Equal([Kid(fresh)], await PublishedAsync());
        (await Client.VerifyAsync(pair.Access)).Is(401, Reply.TokenNotValid("Token is invalid"));
        (await Client.RefreshAsync(pair.Refresh)).Is(401, Reply.TokenNotValid("Token is invalid"));
        (await Client.RefreshAsync(fresh.Refresh)).Succeeded();
        await store.RestartAsync();
        Assert.Equal([Kid(fresh)], await PublishedAsync());
        Assert.False(await RevokeAsync("no such key"));
    }

    // By the clock of a node that is a minute behind, too, the replacement signs and not the key before.
    [Fact]
    public async Task RevokedCurrentKey_IsReplacedInTheSameMoment()
    {
        var first = Kid(await Client.ObtainAsync());
        store.Clock.Advance(TimeSpan.FromMinutes(65));
        await PublishesAsync(store.App, 2);
        store.Clock.Advance(TimeSpan.FromMinutes(10));
        var second = Kid(await Client.ObtainAsync());
        Assert.NotEqual(first, second);
        store.Clock.Advance(TimeSpan.FromMinutes(5));

        await RevokeAsync(second);
        var now = store.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        var keys = await store.App.QueryAsync(db => db.SigningKeys.AsNoTracking().OrderBy(k => k.Generation).ToListAsync());
        var replacement = keys[^1];
        Assert.Equal([first, second, replacement.Kid], keys.Select(k => k.Kid));
        Assert.InRange(replacement.ActivatesAt, keys[1].ActivatesAt, now - 60_000);
        await WhileTickingAsync(() => Ring(store.App).Find(second) is null, "the ring is level with the database");
        Assert.Equal(replacement.Kid, Kid(await Client.ObtainAsync()));
    }

    [Fact]
    public async Task RevokedCurrentKeyWithANextOne_LetsThatSignAtOnce()
    {
        var first = Kid(await Client.ObtainAsync());
        store.Clock.Advance(Due);
        await PublishesAsync(store.App, 2);
        var next = Assert.Single((await PublishedAsync()).Except([first]));
        await RevokeAsync(first);
        await WhileTickingAsync(() => Ring(store.App).Find(first) is null, "the ring is level with the database");
        Assert.Equal(next, Kid(await Client.ObtainAsync()));
        Assert.Equal([next], await PublishedAsync());
    }

    [Fact]
    public async Task CurrentAndNextRevokedAtOnce_LeaveNeitherAndNotTheOneBefore()
    {
        await using var other = await store.StartAnotherAsync();
        var first = Kid(await Client.ObtainAsync());
        store.Clock.Advance(TimeSpan.FromMinutes(50));
        await PublishesAsync(store.App, 2);
        store.Clock.Advance(TimeSpan.FromMinutes(10));
        var second = Kid(await Client.ObtainAsync());
        await using (var scope = store.App.Services.CreateAsyncScope())
            Assert.NotNull(await scope.ServiceProvider.GetRequiredService<KeyStore>().RotateAsync(atOnce: false, CancellationToken.None));
        var third = await store.App.QueryAsync(db => db.SigningKeys.OrderByDescending(k => k.Generation).Select(k => k.Kid).FirstAsync());

        Assert.All(await Task.WhenAll(RevokeAsync(second), RevokeAsync(third, other)), Assert.True);
        foreach (var app in new[] { store.App, other })
        {
            await WhileTickingAsync(() => Ring(app).Find(second) is null && Ring(app).Find(third) is null, "the ring is level with the database");
            Assert.DoesNotContain(Ring(app).Current.Key.KeyId, new[] { first, second, third });
        }
    }

    private static string Kid(Reply pair) => JsonElement.Parse(Jwt.Read(pair.Access).Header).GetProperty("kid").GetString()!;

    private static KeyRing Ring(TokenServiceApp app) => app.Services.GetRequiredService<KeyRing>();

    private Task PublishesAsync(TokenServiceApp app, int count) => WhileTickingAsync(() => Ring(app).Published.Count == count, $"{count} key(s) are published");

    private Task WhileTickingAsync(Func<bool> condition, string what) => Until.TrueAsync(
        () =>
        {
            if (condition()) return true;
            store.Clock.Advance(TimeSpan.FromSeconds(1));
            return false;
        },
        what);

    private async Task<IReadOnlyList<string>> PublishedAsync() =>
        [.. JsonElement.Parse((await Client.GetAsync("/.well-known/jwks.json")).Succeeded().Body).GetProperty("keys").EnumerateArray().Select(k => k.GetProperty("kid").GetString()!)];

    private async Task<bool> RevokeAsync(string kid, TokenServiceApp? app = null)
    {
        await using var scope = (app ?? store.App).Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<KeyRevocation>().RevokeAsync(kid, CancellationToken.None);
    }
}
