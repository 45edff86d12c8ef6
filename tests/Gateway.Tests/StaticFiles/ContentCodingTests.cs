using FrontDoor.Gateway.StaticFiles;
using Xunit;

namespace FrontDoor.Gateway.Tests.StaticFiles;

public sealed class ContentCodingTests
{
    [Theory]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData("gzip", "gzip")]
    [InlineData("GZIP", "gzip")]
    [InlineData("gzip, deflate, br, zstd", "br")]
    [InlineData("gzip, zstd", "zstd")]
    [InlineData("br;q=0.5, gzip", "gzip")]
    [InlineData("br;q=0, gzip;q=0.1", "gzip")]
    [InlineData("br;q=0", null)]
    [InlineData("gzip;q=0.5, identity", null)]
    [InlineData("gzip;q=0.5, identity;q=0.4", "gzip")]
    [InlineData("identity", null)]
    [InlineData("deflate", null)]
    [InlineData("*", "br")]
    [InlineData("*;q=0", null)]
    [InlineData("br;q=0, *", "zstd")]
    [InlineData("identity;q=1, *;q=0", null)]
    [InlineData("%%%", null)]
    public void Weights_Decide(string? accept, string? coding) => Assert.Equal(coding, ContentCoding.Choose(accept, ["br", "zstd", "gzip"]));

    [Fact]
    public void WhatIsNotThere_IsNotChosen() => Assert.Equal("gzip", ContentCoding.Choose("br, gzip;q=0.1", ["gzip"]));
}
