using FrontDoor.Gateway.Edge;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Xunit;

namespace FrontDoor.Gateway.Tests.Edge;

public sealed class ConnectionFieldTests
{
    [Theory]
    [InlineData("X-Foo")]
    [InlineData("x-foo")]
    [InlineData("close, X-Foo")]
    [InlineData("X-Foo,keep-alive")]
    [InlineData(" , X-Foo ,")]
    [InlineData("TE, X-Foo, Upgrade, HTTP2-Settings")]
    public void NominatedField_IsRemoved(string connection)
    {
        var headers = Headers(connection);
        Assert.True(ConnectionField.RemoveNominated(headers));
        Assert.False(headers.ContainsKey("X-Foo"));
        Assert.True(headers.ContainsKey("X-Bar"));
    }

    [Fact]
    public void NominationInASecondLine_CountsToo()
    {
        var headers = Headers(new StringValues(["close", "X-Foo"]));
        Assert.True(ConnectionField.RemoveNominated(headers));
        Assert.False(headers.ContainsKey("X-Foo"));
    }

    [Theory]
    [InlineData("keep-alive")]
    [InlineData("Keep-Alive")]
    [InlineData("close")]
    [InlineData("CLOSE")]
    [InlineData("Upgrade")]
    [InlineData("upgrade, close")]
    [InlineData("")]
    [InlineData("X-Absent")]
    public void NothingNominated_LeavesAllOtherFields(string connection)
    {
        var headers = Headers(connection);
        Assert.True(ConnectionField.RemoveNominated(headers));
        Assert.Equal(["X-Bar", "X-Foo"], headers.Keys.Where(k => k.StartsWith('X')).Order());
    }

    [Fact]
    public void NoConnectionField_IsNoFault() => Assert.True(ConnectionField.RemoveNominated(new HeaderDictionary()));

    [Theory]
    [InlineData("Host")]
    [InlineData("host")]
    [InlineData("close, Content-Length")]
    [InlineData("Transfer-Encoding")]
    [InlineData("X-Foo, content-type")]
    public void FramingOrRoutingFieldNominated_IsAFault(string connection) => Assert.False(ConnectionField.RemoveNominated(Headers(connection)));

    private static HeaderDictionary Headers(StringValues connection) => new() { ["Connection"] = connection, ["X-Foo"] = "1", ["X-Bar"] = "2" };
}
