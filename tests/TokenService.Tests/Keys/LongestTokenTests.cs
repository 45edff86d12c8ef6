using FrontDoor.TestKit;
using FrontDoor.TokenService.Keys;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace FrontDoor.TokenService.Tests.Keys;

/// <summary>A key that has stopped signing is published for as long as any kind of its tokens lives, here 1 hour where the others have minutes.</summary>
public sealed class LongestTokenTests
{
    [Theory]
    [InlineData("RefreshTokens:Lifetime")]
    [InlineData("AccessTokens:Lifetime")]
    [InlineData("SlidingTokens:Lifetime")]
    [InlineData("Clients:TokenLifetime")]
    public async Task PreviousKey_StaysForTheLongest(string setting)
    {
        var clock = Clocks.Start();
        await using var app = TokenServiceApp.Start(
            new Dictionary<string, string?> { ["RefreshTokens:Lifetime"] = "00:05:00", ["SlidingTokens:Enabled"] = "true", [setting] = "01:00:00" }, time: clock);
        await using var scope = app.Services.CreateAsyncScope();
        var keys = scope.ServiceProvider.GetRequiredService<KeyStore>();
        await keys.RotateAsync(atOnce: true, CancellationToken.None);
        clock.Advance(TimeSpan.FromMinutes(60));
        Assert.Equal([KeyState.Previous, KeyState.Current], (await keys.ListAsync(CancellationToken.None)).Select(k => k.State));
        clock.Advance(TimeSpan.FromMinutes(2));
        Assert.DoesNotContain(KeyState.Previous, (await keys.ListAsync(CancellationToken.None)).Select(k => k.State));
    }
}
