using System.Text.Json;
using FrontDoor.TestKit;
using FrontDoor.TokenService.Revocations;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace FrontDoor.TokenService.Tests.Revocations;

/// <summary>An entry of the feed lives as long as the tokens it covers, whatever happened to clock and settings between.</summary>
public sealed class EntryLifeTests : IDisposable
{
    private readonly TestClock _clock = new();
    private readonly TestFolder _folder = new();

    [Theory]
    [InlineData(-2)]
    [InlineData(-100)]
    public async Task SignOutAfterTheClockWasSetBack_EntryOutlivesTheToken(int hours)
    {
        await using var app = Start();
        using var client = new TokenClient(app.Address);
        var pair = await client.ObtainAsync();
        _clock.Set(TimeSpan.FromHours(hours));
        await AssertCoveredAsync(app, pair.Access, () => client.BlacklistAsync(pair.Refresh));
    }

    [Fact]
    public async Task RefreshAfterTheClockWasSetBack_EntryOutlivesTheTokenBeforeIt()
    {
        await using var app = Start();
        using var client = new TokenClient(app.Address);
        var before = await client.ObtainAsync();
        _clock.Set(TimeSpan.FromHours(-2));
        var after = await client.RefreshAsync(before.Refresh);
        await AssertCoveredAsync(app, before.Access, () => client.BlacklistAsync(after.Refresh));
    }

    [Fact]
    public async Task WithoutRotation_EntryOutlivesATokenThatNoRowTellsOf()
    {
        await using var app = Start(("RefreshTokens:Rotation", "Off"));
        using var client = new TokenClient(app.Address);
        var first = await client.ObtainAsync();
        _clock.Advance(TimeSpan.FromHours(3));
        var refreshed = await client.RefreshAsync(first.Refresh);
        await client.BlacklistAsync((await client.ObtainAsync("root")).Refresh); // the clock was looked at
        _clock.Set(TimeSpan.FromHours(-3));
        await AssertCoveredAsync(app, refreshed.Access, () => client.BlacklistAsync(first.Refresh));
    }

    [Theory]
    [InlineData("AccessTokens:Lifetime", "01:00:00")]
    [InlineData("SlidingTokens:Lifetime", "01:00:00")]
    public async Task ShorterLifetimeSinceTheToken_EntryOutlivesIt(string setting, string value)
    {
        var sliding = setting.StartsWith("Sliding", StringComparison.Ordinal);
        string token;
        await using (var app = Start((setting, value), ("SlidingTokens:Enabled", $"{sliding}")))
        {
            using var client = new TokenClient(app.Address);
            token = sliding
                ? JsonElement.Parse((await client.PostAsync("/api/token/sliding/", $$"""{"username":"alice","password":"{{TokenServiceApp.Password}}"}""")).Body).GetProperty("token").GetString()!
                : (await client.ObtainAsync()).Access;
        }

        await using var later = Start();
        using var again = new TokenClient(later.Address);
        var signedIn = await again.ObtainAsync();
        await AssertCoveredAsync(later, token, () => again.SendAsync(HttpMethod.Delete, "/api/sessions", signedIn.Access));
    }

    [Fact]
    public async Task ClockThatWasAheadForAWhile_EntryIsStillThere()
    {
        Reply pair;
        await using (var app = Start())
        {
            using var client = new TokenClient(app.Address);
            pair = await client.ObtainAsync();
            await client.BlacklistAsync(pair.Refresh);
            await using var feed = await FeedClient.OpenAsync(app);
            Assert.Contains(Entry(pair), (await feed.NextAsync()).Entries);
            await app.QueryAsync(async db =>
            {
                var old = _clock.GetUtcNow().AddDays(-2).ToUnixTimeMilliseconds();
                db.Revocations.Add(new Revocation { Kind = Revocation.Session, Subject = "old", CreatedAt = old, ExpiresAt = old });
                return await db.SaveChangesAsync();
            });

            _clock.Set(TimeSpan.FromHours(2));
            await Until.TrueAsync(
                async () =>
                {
                    _clock.Advance(TimeSpan.FromSeconds(1)); // the next round of the clean-up is due a minute after the last
                    return !await app.QueryAsync(db => db.Revocations.AnyAsync(r => r.Subject == "old"));
                },
                "rows that are over are removed");
            _clock.Set(TimeSpan.FromHours(-2));
            // Something newer makes the list in memory anew.
            await client.BlacklistAsync((await client.ObtainAsync("root")).Refresh);
            Assert.Contains(Entry(pair), await SnapshotAsync(app));
        }

        // Known to a service that is started while the clock is ahead, too.
        _clock.Set(TimeSpan.FromHours(1));
        await using var restarted = Start();
        _clock.Set(TimeSpan.FromHours(-1));
        Assert.Contains(Entry(pair), await SnapshotAsync(restarted));
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>Ends the token's session; the entry then lasts until no gateway accepts the token.</summary>
    private static async Task AssertCoveredAsync(TokenServiceApp app, string token, Func<Task<Reply>> end)
    {
        (await end()).Succeeded();
        var (session, accepted) = (Jwt.Claim(token, "sid"), Jwt.Read(token).Time("exp") + 60);
        var row = await app.QueryAsync(db => db.Revocations.SingleAsync(r => r.Subject == session));
        Assert.True(row.ExpiresAt >= accepted * 1000, $"the entry ends {accepted - (row.ExpiresAt / 1000)} s before the token");
    }

    private static async Task<IReadOnlyList<string>> SnapshotAsync(TokenServiceApp app)
    {
        await using var feed = await FeedClient.OpenAsync(app);
        return (await feed.NextAsync()).Entries;
    }

    private static string Entry(Reply pair) => $"session:{Jwt.Claim(pair.Access, "sid")}";

    private TokenServiceApp Start(params (string Key, string Value)[] settings)
    {
        var all = settings.ToDictionary(s => s.Key, s => (string?)s.Value);
        all["Revocations:FeedKeyFile"] = _folder.Write("feed-key", FeedClient.Key + "\n");
        return TokenServiceApp.Start(all, _folder, _clock);
    }
}
