using FrontDoor.Gateway.Upstream;
using Xunit;

namespace FrontDoor.Gateway.Tests.Upstream;

public sealed class UnixAddressTests
{
    [Theory]
    [InlineData("http://unix:/run/app.sock", "/run/app.sock", "/")]
    [InlineData("http://unix:/run/app.sock:/api/v1/", "/run/app.sock", "/api/v1/")]
    [InlineData("HTTP://UNIX:/run/App.Sock:/", "/run/App.Sock", "/")]
    [InlineData("http://unix:/run/bücher und mehr.sock", "/run/bücher und mehr.sock", "/")]
    [InlineData("http://unix:/1234567890/1234567890/1234567890/1234567890/1234567890/1234567890/1234567890/1234567890/1234567890/12345.s", null, "/")]
    public void Socket_IsFoundAgainInTheAddressThatYarpGets(string address, string? socket, string path)
    {
        Assert.True(UnixAddress.Is(address));
        Assert.Null(UnixAddress.Fault(address));
        var uri = new Uri(UnixAddress.ToHttp(address));
        Assert.Equal(socket ?? address["http://unix:".Length..], UnixAddress.SocketOf(uri.IdnHost));
        Assert.Equal(path, uri.AbsolutePath);
    }

    [Theory]
    [InlineData("http://unix:")]
    [InlineData("http://unix:/")]
    [InlineData("http://unix:run/app.sock")]
    [InlineData("http://unix:/run/app.sock:api")]
    [InlineData("http://unix:/1234567890/1234567890/1234567890/1234567890/1234567890/1234567890/1234567890/1234567890/1234567890/123456.s")]
    public void OtherText_IsAFault(string address) => Assert.NotNull(UnixAddress.Fault(address));

    [Theory]
    [InlineData("http://unix.example.com")]
    [InlineData("https://unix:/run/app.sock")]
    [InlineData("http://unix/x")]
    public void OrdinaryAddress_IsLeftAlone(string address) => Assert.False(UnixAddress.Is(address));

    [Fact]
    public void OrdinaryHost_IsNoSocket() => Assert.Null(UnixAddress.SocketOf("unix.example.com"));
}
