using FrontDoor.TokenService.Tests.Storage;
using FrontDoor.TokenService.Tests.Users;
using Xunit;

namespace FrontDoor.TokenService.Tests.RefreshTokens;

public sealed class SqliteLifetimeTests(SqliteStore store) : LifetimeContract(store), IClassFixture<SqliteStore>;

public sealed class PostgreSqlLifetimeTests(PostgreSqlStore store) : LifetimeContract(store), IClassFixture<PostgreSqlStore>;

/// <summary>How long tokens and sessions live.</summary>
public abstract class LifetimeContract(TestStore store) : StoreContract(store)
{
    private static readonly string Expired = Reply.TokenNotValid("Token is expired");

    public override ValueTask InitializeAsync()
    {
        Store.Services ??= new FastHasher().Replace;
        return base.InitializeAsync();
    }

    [Fact]
    public async Task RefreshToken_LivesADayToTheSecond()
    {
        var (spent, kept) = (await Client.ObtainAsync(), await Client.ObtainAsync());
        Clock.Advance(TimeSpan.FromDays(1) - TimeSpan.FromMilliseconds(1));
        (await Client.RefreshAsync(kept.Refresh)).Succeeded();
        Clock.Advance(TimeSpan.FromMilliseconds(1));

        (await Client.RefreshAsync(spent.Refresh)).Is(401, Expired);
        (await Client.VerifyAsync(spent.Refresh)).Is(401, Expired);
        (await Client.BlacklistAsync(spent.Refresh)).Is(401, Expired);
    }

    [Fact]
    public async Task AccessToken_LivesFiveMinutesToTheSecond()
    {
        var pair = await Client.ObtainAsync();
        Clock.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromMilliseconds(1));
        (await Client.VerifyAsync(pair.Access)).Is(200, "{}");
        Clock.Advance(TimeSpan.FromMilliseconds(1));
        (await Client.VerifyAsync(pair.Access)).Is(401, Expired);
        (await Client.VerifyAsync(pair.Refresh)).Is(200, "{}");
    }

    [Fact]
    public async Task Expired_WithABadSignatureIsInvalidFirst()
    {
        // A clock of its own: another test's may be at the end of the key's life, and without the key there is no signature to judge.
        var clock = Clocks.Start();
        await using var app = await Store.StartApartAsync(clock);
        using var client = new TokenClient(app.Address);
        var token = Jwt.Read((await client.ObtainAsync()).Refresh);
        clock.Advance(TimeSpan.FromDays(2));
        (await client.RefreshAsync(token.With(signature: new byte[64]))).Is(401, Reply.TokenNotValid("Token is invalid"));
    }

    [Fact]
    public async Task EachRotation_SlidesTheExpiryUpToTheAbsoluteCap()
    {
        var pair = await Client.ObtainAsync();
        var end = Clock.GetUtcNow().AddDays(30).ToUnixTimeSeconds();
        for (var day = 0; day < 32; day++)
        {
            Clock.Advance(TimeSpan.FromHours(23));
            pair = await Client.RefreshAsync(pair.Refresh);
            var sliding = Clock.GetUtcNow().AddDays(1).ToUnixTimeSeconds();
            Assert.Equal(Math.Min(sliding, end), Jwt.Read(pair.Refresh).Time("exp"));
            if (sliding >= end) break;
        }

        Assert.Equal(end, Jwt.Read(pair.Refresh).Time("exp"));
        Clock.Advance(DateTimeOffset.FromUnixTimeSeconds(end) - Clock.GetUtcNow());
        (await Client.RefreshAsync(pair.Refresh)).Is(401, Expired);
    }

    [Fact]
    public async Task StrictGrace_EndsTheSessionAtTheFirstRepeat()
    {
        await using var app = await Store.StartApartAsync(null, ("RefreshTokens:Grace", "00:00:00"));
        using var client = new TokenClient(app.Address);
        var first = await client.ObtainAsync();
        var second = await client.RefreshAsync(first.Refresh);
        (await client.RefreshAsync(first.Refresh)).Is(401, Reply.TokenNotValid("Token is blacklisted"));
        (await client.RefreshAsync(second.Refresh)).Is(401, Reply.TokenNotValid("Token is blacklisted"));
    }

    [Fact]
    public async Task Reuse_IsLoggedOnceWithTheSession()
    {
        var first = await Client.ObtainAsync();
        await Client.RefreshAsync(first.Refresh);
        Clock.Advance(TimeSpan.FromSeconds(11));
        await Client.RefreshAsync(first.Refresh);
        await Client.RefreshAsync(first.Refresh);

        var sid = Jwt.Claim(first.Refresh, "sid")!;
        var line = Assert.Single(App.Logs.All, l => l.Contains(sid, StringComparison.Ordinal));
        Assert.StartsWith("Warning ", line, StringComparison.Ordinal);
        Assert.Contains(Jwt.Claim(first.Refresh, "user_id")!, line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ClockSteppedBack_StillRefreshes()
    {
        await using var app = await Store.StartApartAsync(new SteppingClock(Clock.GetUtcNow(), out var step));
        using var client = new TokenClient(app.Address);
        var first = await client.ObtainAsync();
        step(TimeSpan.FromHours(-1));
        var second = await client.RefreshAsync(first.Refresh);
        Assert.Equal(Jwt.Claim(second.Refresh, "jti"), Jwt.Claim((await client.RefreshAsync(first.Refresh)).Refresh, "jti"));
        (await client.VerifyAsync(second.Access)).Is(200, "{}");
    }

    [Fact]
    public async Task ClockSteppedBack_RevivesNothing()
    {
        await using var app = await Store.StartApartAsync(new SteppingClock(Clock.GetUtcNow(), out var step));
        using var client = new TokenClient(app.Address);
        var (ended, superseded) = (await client.ObtainAsync(), await client.ObtainAsync());
        await client.BlacklistAsync(ended.Refresh);
        var newest = await client.RefreshAsync((await client.RefreshAsync(superseded.Refresh)).Refresh);

        step(TimeSpan.FromHours(-1));
        (await client.RefreshAsync(ended.Refresh)).Is(401, Reply.TokenNotValid("Token is blacklisted"));
        (await client.VerifyAsync(ended.Access)).Is(400, """{"non_field_errors":["Token is blacklisted"]}""");
        (await client.RefreshAsync(superseded.Refresh)).Is(401, Reply.TokenNotValid("Token is blacklisted"));
        (await client.RefreshAsync(newest.Refresh)).Is(401, Reply.TokenNotValid("Token is blacklisted"));
    }

    [Fact]
    public async Task ClockSteppedBack_SupersededTokenIsRefusedAndTheSessionGoesOn()
    {
        await using var app = await Store.StartApartAsync(new SteppingClock(Clock.GetUtcNow(), out var step));
        using var client = new TokenClient(app.Address);
        var first = await client.ObtainAsync();
        var second = await client.RefreshAsync(first.Refresh);
        step(TimeSpan.FromSeconds(11)); // the grace interval is over
        step(TimeSpan.FromHours(-1));
        (await client.RefreshAsync(first.Refresh)).Is(401, Reply.TokenNotValid("Token is blacklisted"));
        (await client.VerifyAsync(first.Refresh)).Is(401, Reply.TokenNotValid("Token is invalid"));
        var third = await client.RefreshAsync(second.Refresh);
        (await client.VerifyAsync(third.Access)).Is(200, "{}");
        Assert.Equal(Jwt.Claim(third.Refresh, "jti"), Jwt.Claim((await client.RefreshAsync(second.Refresh)).Refresh, "jti"));
    }

    /// <summary>A clock that can go back, which FakeTimeProvider refuses.</summary>
    private sealed class SteppingClock : TimeProvider
    {
        private DateTimeOffset _now;

        public SteppingClock(DateTimeOffset now, out Action<TimeSpan> step)
        {
            _now = now;
            step = by => _now += by;
        }

        public override DateTimeOffset GetUtcNow() => _now;
    }
}
