using FrontDoor.TokenService.SlidingTokens;
using Xunit;

namespace FrontDoor.TokenService.Tests.SlidingTokens;

public sealed class SlidingTokenOptionsTests
{
    [Fact]
    public void Defaults_AreThoseOfSimplejwtAndOff()
    {
        var options = new SlidingTokenOptions();
        Assert.Empty(Faults(options));
        Assert.Equal((false, TimeSpan.FromMinutes(5), TimeSpan.FromDays(1)), (options.Enabled, options.Lifetime, options.RefreshLifetime));
    }

    [Theory]
    [InlineData("00:00:00")]
    [InlineData("01:00:01")]
    public void Lifetime_IsFromASecondToAnHour(string lifetime) => Assert.Equal(
        [$"SlidingTokens:Lifetime is {lifetime}; it must be from 00:00:01 to 01:00:00"],
        Faults(new SlidingTokenOptions { Lifetime = TimeSpan.Parse(lifetime, System.Globalization.CultureInfo.InvariantCulture) }));

    [Fact]
    public void RenewalShorterThanTheToken_IsRefused() => Assert.Equal(
        ["SlidingTokens:RefreshLifetime is 00:04:59; it must not be shorter than Lifetime (00:05:00)"],
        Faults(new SlidingTokenOptions { RefreshLifetime = new TimeSpan(0, 4, 59) }));

    private static IEnumerable<string> Faults(SlidingTokenOptions options) => new SlidingTokenOptionsValidator().Validate(null, options).Failures ?? [];
}
