using FrontDoor.Gateway.Streams;
using Xunit;

namespace FrontDoor.Gateway.Tests.Streams;

public sealed class StreamsOptionsTests
{
    [Fact]
    public void RouteOfItsOwn_OverridesTheRest()
    {
        var options = new StreamsOptions { Routes = new Dictionary<string, StreamEnd> { ["socket"] = StreamEnd.Revocation } };
        Assert.Equal((StreamEnd.Revocation, StreamEnd.Token), (options.For("socket"), options.For("events")));
        Assert.True(new StreamsOptionsValidator().Validate(null, options).Succeeded);
    }

    [Fact]
    public void IllegalValues_AreNamedAtOnce() => Assert.Equal(
        [
            "Streams:EndWith is 7; legal values are Token, Revocation, Never",
            "Streams:Routes:socket is -1; legal values are Token, Revocation, Never",
        ],
        new StreamsOptionsValidator()
            .Validate(null, new StreamsOptions { EndWith = (StreamEnd)7, Routes = new Dictionary<string, StreamEnd> { ["socket"] = (StreamEnd)(-1) } }).Failures!);
}
