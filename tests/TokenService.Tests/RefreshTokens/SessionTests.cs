using FrontDoor.TokenService.RefreshTokens;
using Xunit;

namespace FrontDoor.TokenService.Tests.RefreshTokens;

public sealed class SessionTests
{
    [Theory]
    [InlineData(null, null)]
    [InlineData("", "")]
    [InlineData("curl/8", "curl/8")]
    public void ShortUserAgent_IsKept(string? sent, string? kept) => Assert.Equal(kept, Session.CutUserAgent(sent));

    [Fact]
    public void LongUserAgent_IsCutAtTheColumnsWidth() => Assert.Equal(new string('a', 256), Session.CutUserAgent(new string('a', 257)));

    [Fact]
    public void PairAcrossTheCut_IsDroppedWhole()
    {
        Assert.Equal(new string('a', 255), Session.CutUserAgent(new string('a', 255) + "😀"));
        Assert.Equal(new string('a', 254) + "😀", Session.CutUserAgent(new string('a', 254) + "😀b"));
    }
}
