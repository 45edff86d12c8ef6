using FrontDoor.Gateway.Streams;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace FrontDoor.Gateway.Tests.Streams;

public sealed class StreamsOptionsTests
{
    private static readonly IConfiguration Routes = new ConfigurationBuilder()
        .AddInMemoryCollection(new Dictionary<string, string?> { ["ReverseProxy:Routes:socket:ClusterId"] = "sample" }).Build();

    [Fact]
    public void RouteOfItsOwn_OverridesTheRest()
    {
        var options = new StreamsOptions { Routes = new Dictionary<string, StreamEnd> { ["socket"] = StreamEnd.Revocation } };
        Assert.Equal((StreamEnd.Revocation, StreamEnd.Token), (options.For("socket"), options.For("events")));
        Assert.True(new StreamsOptionsValidator(Routes).Validate(null, options).Succeeded);
    }

    [Fact]
    public void IllegalValuesAndUnknownRoutes_AreNamedAtOnce() => Assert.Equal(
        [
            "Streams:EndWith is 7; legal values are Token, Revocation, Never",
            "Streams:Routes:sockt is no route of ReverseProxy:Routes",
        ],
        new StreamsOptionsValidator(Routes)
            .Validate(null, new StreamsOptions { EndWith = (StreamEnd)7, Routes = new Dictionary<string, StreamEnd> { ["sockt"] = StreamEnd.Never } }).Failures!);
}
