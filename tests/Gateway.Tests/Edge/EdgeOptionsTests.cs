using FrontDoor.Gateway.Edge;
using Xunit;

namespace FrontDoor.Gateway.Tests.Edge;

public sealed class EdgeOptionsTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(long.MaxValue)]
    public void SizeFromZero_IsLegal(long bytes) => Assert.True(new EdgeOptionsValidator().Validate(null, new EdgeOptions { MaxRequestBodyBytes = bytes }).Succeeded);

    [Fact]
    public void NegativeSize_IsAFault() => Assert.Equal(
        "Edge:MaxRequestBodyBytes is -1; it must be at least 0", new EdgeOptionsValidator().Validate(null, new EdgeOptions { MaxRequestBodyBytes = -1 }).FailureMessage);

    [Theory]
    [InlineData("10.0.0.0/8")]
    [InlineData("192.0.2.1")]
    [InlineData("2001:db8::/32")]
    [InlineData("::1")]
    public void AddressOrNetwork_IsLegal(string proxy) => Assert.True(new EdgeOptionsValidator().Validate(null, new EdgeOptions { TrustedProxies = [proxy] }).Succeeded);

    [Theory]
    [InlineData("")]
    [InlineData("proxy.internal")]
    [InlineData("10.0.0.0/33")]
    [InlineData("0.0.0.0/0")]
    [InlineData("::/0")]
    public void AnythingElseOrEverybody_IsAFault(string proxy) => Assert.Equal(
        $"Edge:TrustedProxies:0 is '{proxy}'; it must be an address or a network such as 10.0.0.0/8, and not everybody",
        new EdgeOptionsValidator().Validate(null, new EdgeOptions { TrustedProxies = [proxy] }).FailureMessage);

    [Fact]
    public void ConnectionLimitsOutOfBounds_AreFaults()
    {
        var connections = new ConnectionOptions
        {
            MaxConnections = 0, MaxUpgraded = 0, MaxRequestLineBytes = 100, MaxHeaders = 9, MaxHeadersBytes = 1, HeadersTimeout = TimeSpan.Zero, IdleTimeout = TimeSpan.FromDays(1),
            MinBytesPerSecond = -1, MaxHttp2Streams = 0,
        };
        var faults = new EdgeOptionsValidator().Validate(null, new EdgeOptions { Connections = connections }).Failures!.ToArray();
        Assert.Equal(9, faults.Length);
        Assert.Contains("Edge:Connections:MaxHeaders is 9; it must be from 10 to 1000", faults);
        Assert.Contains("Edge:Connections:HeadersTimeout is 00:00:00; it must be from 00:00:01 to 00:05:00", faults);
    }
}
