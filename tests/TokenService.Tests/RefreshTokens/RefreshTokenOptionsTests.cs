using FrontDoor.TokenService.RefreshTokens;
using Xunit;

namespace FrontDoor.TokenService.Tests.RefreshTokens;

public sealed class RefreshTokenOptionsTests
{
    private static readonly RefreshTokenOptionsValidator Validator = new();

    [Fact]
    public void Defaults_AreLegal() => Assert.Empty(Faults(new RefreshTokenOptions()));

    [Theory]
    [InlineData(0)]
    [InlineData(60)]
    public void GraceAtItsBounds_IsLegal(int seconds) => Assert.Empty(Faults(new RefreshTokenOptions { Grace = TimeSpan.FromSeconds(seconds) }));

    [Theory]
    [InlineData(-1)]
    [InlineData(61)]
    public void GraceBeyondItsBounds_IsRefused(int seconds) => Assert.Equal(
        [$"RefreshTokens:Grace is {TimeSpan.FromSeconds(seconds)}; it must be from 00:00:00 to 00:01:00"],
        Faults(new RefreshTokenOptions { Grace = TimeSpan.FromSeconds(seconds) }));

    [Fact]
    public void CapEqualToTheLifetime_IsLegal() =>
        Assert.Empty(Faults(new RefreshTokenOptions { Lifetime = TimeSpan.FromDays(1), AbsoluteLifetime = TimeSpan.FromDays(1) }));

    [Fact]
    public void CapShorterThanTheLifetime_IsRefused() => Assert.Equal(
        ["RefreshTokens:AbsoluteLifetime is 00:59:00; it must not be shorter than Lifetime (01:00:00)"],
        Faults(new RefreshTokenOptions { Lifetime = TimeSpan.FromHours(1), AbsoluteLifetime = TimeSpan.FromMinutes(59) }));

    [Theory]
    [InlineData("Always", true)]
    [InlineData("off", false)]
    public void Rotation_IsAlwaysOrOff(string rotation, bool rotates)
    {
        var options = new RefreshTokenOptions { Rotation = rotation };
        Assert.Empty(Faults(options));
        Assert.Equal(rotates, options.Rotates);
    }

    [Fact]
    public void OtherRotation_IsRefused() =>
        Assert.Equal(["RefreshTokens:Rotation is 'Never'; legal values are Always and Off"], Faults(new RefreshTokenOptions { Rotation = "Never" }));

    [Fact]
    public void SeveralFaults_AreAllReported() => Assert.Equal(
        ["RefreshTokens:Lifetime is 00:00:00; it must be at least 00:00:01", "RefreshTokens:AbsoluteLifetime is -00:00:01; it must not be shorter than Lifetime (00:00:00)",
            "RefreshTokens:Grace is 01:00:00; it must be from 00:00:00 to 00:01:00"],
        Faults(new RefreshTokenOptions { Lifetime = TimeSpan.Zero, AbsoluteLifetime = TimeSpan.FromSeconds(-1), Grace = TimeSpan.FromHours(1) }));

    private static IEnumerable<string> Faults(RefreshTokenOptions options) => Validator.Validate(null, options).Failures ?? [];
}
