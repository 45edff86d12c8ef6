using System.Net;
using FrontDoor.Gateway.RateLimiting;
using Xunit;

namespace FrontDoor.Gateway.Tests.RateLimiting;

public sealed class ClientAddressTests
{
    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7")]
    [InlineData("::ffff:192.0.2.7", "192.0.2.7")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
    [InlineData("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64")]
    [InlineData("::1", "::/64")]
    public void Address_CountsForItsPartition(string address, string partition) =>
        Assert.Equal(partition, ClientAddress.Partition(IPAddress.Parse(address)));

    [Fact]
    public void NoAddress_CountsAsOneClient() => Assert.Equal("unknown", ClientAddress.Partition(null));
}
