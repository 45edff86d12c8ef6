using FrontDoor.TokenService.Keys;
using Xunit;

namespace FrontDoor.TokenService.Tests.Keys;

public sealed class KeyOptionsTests
{
    [Fact]
    public void Defaults_AreLegal() => Assert.Empty(Faults(new KeyOptions()));

    [Theory]
    [InlineData("ES256")]
    [InlineData("ES384")]
    [InlineData("RS256")]
    [InlineData("PS256")]
    public void EveryAlgorithm_IsLegal(string algorithm) => Assert.Empty(Faults(new KeyOptions { Algorithm = algorithm }));

    [Theory]
    [InlineData("none")]
    [InlineData("hs256")]
    [InlineData("es256")]
    [InlineData("")]
    public void OtherAlgorithms_AreNot(string algorithm) =>
        Assert.Equal([$"Keys:Algorithm is '{algorithm}'; legal values are ES256, ES384, RS256, PS256, HS256, HS384, HS512"], Faults(new KeyOptions { Algorithm = algorithm }));

    [Fact]
    public void Times_HaveBounds()
    {
        Assert.Empty(Faults(Times(rotate: 2, ahead: 1, poll: 0.5)));
        Assert.Equal(["Keys:PublishAhead is 00:00:00.9000000; it must be at least 00:00:01"], Faults(Times(rotate: 2, ahead: 0.9, poll: 0.1)));
        Assert.Equal(["Keys:RotateEvery is 00:00:19; it must be at least twice PublishAhead (00:00:10)"], Faults(Times(rotate: 19, ahead: 10, poll: 1)));
        Assert.Equal(["Keys:PublishAhead is 00:00:10; it must be at least twice PollInterval (00:00:06)"], Faults(Times(rotate: 20, ahead: 10, poll: 6)));
        Assert.Equal(["Keys:PollInterval is 00:00:00.0500000; it must be from 00:00:00.1 to 00:01:00"], Faults(Times(rotate: 20, ahead: 10, poll: 0.05)));
        Assert.Equal(["Keys:PollInterval is 00:01:01; it must be from 00:00:00.1 to 00:01:00"], Faults(Times(rotate: 2000, ahead: 1000, poll: 61)));
    }

    [Fact]
    public void KeysOutliveTheLongestToken_AndAMinute() => Assert.Equal(
        TimeSpan.FromMinutes(61).TotalMilliseconds, new KeyOptions().Schedule(TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(5), TimeSpan.FromHours(1)).LongestToken);

    private static KeyOptions Times(double rotate, double ahead, double poll) => new()
    {
        RotateEvery = TimeSpan.FromSeconds(rotate),
        PublishAhead = TimeSpan.FromSeconds(ahead),
        PollInterval = TimeSpan.FromSeconds(poll),
    };

    private static IEnumerable<string> Faults(KeyOptions options) => new KeyOptionsValidator().Validate(null, options).Failures ?? [];
}
