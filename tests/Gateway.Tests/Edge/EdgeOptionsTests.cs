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
}
