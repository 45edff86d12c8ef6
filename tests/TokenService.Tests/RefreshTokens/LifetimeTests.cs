using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.TokenService.Tests.RefreshTokens;

public sealed class LifetimeTests(ClockedAppFixture service) : IClassFixture<ClockedAppFixture>
{
    private static readonly string Expired = Reply.TokenNotValid("Token is expired");

    private TokenClient Client => service.Client;

    [Fact]
    public async Task RefreshToken_LivesADayToTheSecond()
    {
        var (spent, kept) = (await Client.ObtainAsync(), await Client.ObtainAsync());
        service.Clock.Advance(TimeSpan.FromDays(1) - TimeSpan.FromMilliseconds(1));
        (await Client.RefreshAsync(kept.Refresh)).Succeeded();
        service.Clock.Advance(TimeSpan.FromMilliseconds(1));

        (await Client.RefreshAsync(spent.Refresh)).Is(401, Expired);
        (await Client.VerifyAsync(spent.Refresh)).Is(401, Expired);
        (await Client.BlacklistAsync(spent.Refresh)).Is(401, Expired);
    }

    [Fact]
    public async Task AccessToken_LivesFiveMinutesToTheSecond()
    {
        var pair = await Client.ObtainAsync();
        service.Clock.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromMilliseconds(1));
        (await Client.VerifyAsync(pair.Access)).Is(200, "{}");
        service.Clock.Advance(TimeSpan.FromMilliseconds(1));
        (await Client.VerifyAsync(pair.Access)).Is(401, Expired);
        (await Client.VerifyAsync(pair.Refresh)).Is(200, "{}");
    }

    [Fact]
    public async Task Expired_WithABadSignatureIsInvalidFirst()
    {
        // A clock of its own: another test's may be at the end of the key's life, and without the key there is no signature to judge.
        var clock = Clocks.Start();
        await using var app = TokenServiceApp.Start(time: clock);
        using var client = new TokenClient(app.Address);
        var token = Jwt.Read((await client.ObtainAsync()).Refresh);
        clock.Advance(TimeSpan.FromDays(2));
        (await client.RefreshAsync(token.With(signature: new byte[64]))).Is(401, Reply.TokenNotValid("Token is invalid"));
    }

    [Fact]
    public async Task EachRotation_SlidesTheExpiryUpToTheAbsoluteCap()
    {
        var pair = await Client.ObtainAsync();
        var end = service.Clock.GetUtcNow().AddDays(30).ToUnixTimeSeconds();
        for (var day = 0; day < 32; day++)
        {
            service.Clock.Advance(TimeSpan.FromHours(23));
            pair = await Client.RefreshAsync(pair.Refresh);
            var sliding = service.Clock.GetUtcNow().AddDays(1).ToUnixTimeSeconds();
            Assert.Equal(Math.Min(sliding, end), Jwt.Read(pair.Refresh).Time("exp"));
            if (sliding >= end) break;
        }

        Assert.Equal(end, Jwt.Read(pair.Refresh).Time("exp"));
        service.Clock.Advance(DateTimeOffset.FromUnixTimeSeconds(end) - service.Clock.GetUtcNow());
        (await Client.RefreshAsync(pair.Refresh)).Is(401, Expired);
    }

    [Fact]
    public async Task StrictGrace_EndsTheSessionAtTheFirstRepeat()
    {
        await using var app = TokenServiceApp.Start(new Dictionary<string, string?> { ["RefreshTokens:Grace"] = "00:00:00" });
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
        service.Clock.Advance(TimeSpan.FromSeconds(11));
        await Client.RefreshAsync(first.Refresh);
        await Client.RefreshAsync(first.Refresh);

        var sid = Jwt.Claim(first.Refresh, "sid")!;
        var line = Assert.Single(service.App.Logs.All, l => l.Contains(sid, StringComparison.Ordinal));
        Assert.StartsWith("Warning ", line, StringComparison.Ordinal);
        Assert.Contains(Jwt.Claim(first.Refresh, "user_id")!, line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ClockSteppedBack_StillRefreshes()
    {
        await using var app = TokenServiceApp.Start(time: new SteppingClock(service.Clock.GetUtcNow(), out var step));
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
        await using var app = TokenServiceApp.Start(time: new SteppingClock(service.Clock.GetUtcNow(), out var step));
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
