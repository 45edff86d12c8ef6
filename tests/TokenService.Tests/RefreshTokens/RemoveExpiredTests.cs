using FrontDoor.TestKit;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace FrontDoor.TokenService.Tests.RefreshTokens;

public sealed class RemoveExpiredTests
{
    [Fact]
    public async Task SessionsWhoseTimeIsOver_RemoveThemselves_AndLivingOnesStay()
    {
        var clock = Clocks.Start();
        await using var app = TokenServiceApp.Start(time: clock);
        using var client = new TokenClient(app.Address);
        for (var i = 0; i < 3; i++) (await client.ObtainAsync()).Succeeded();
        clock.Advance(TimeSpan.FromHours(23));
        var living = await client.ObtainAsync("root");
        Assert.Equal(4, await CountAsync(app));

        clock.Advance(TimeSpan.FromHours(2));
        await Until.TrueAsync(
            () =>
            {
                clock.Advance(TimeSpan.FromSeconds(1)); // the next round is due a minute after the last
                return CountAsync(app).GetAwaiter().GetResult() == 1;
            },
            "three rows are gone");
        (await client.RefreshAsync(living.Refresh)).Succeeded();
    }

    private static Task<int> CountAsync(TokenServiceApp app) => app.QueryAsync(db => db.Sessions.CountAsync(TestContext.Current.CancellationToken));
}
