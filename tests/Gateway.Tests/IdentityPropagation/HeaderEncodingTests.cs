using FrontDoor.Gateway.IdentityPropagation;
using Xunit;

namespace FrontDoor.Gateway.Tests.IdentityPropagation;

public sealed class HeaderEncodingTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("42", "42")]
    [InlineData("orders:read", "orders:read")]
    [InlineData("a!\"#$&'()*+-./:;<=>?@[\\]^_`{|}~", "a!\"#$&'()*+-./:;<=>?@[\\]^_`{|}~")]
    [InlineData("Alice Smith", "Alice%20Smith")]
    [InlineData("a\r\nX-Admin: 1", "a%0D%0AX-Admin:%201")]
    [InlineData("a\rb", "a%0Db")]
    [InlineData("a\nb", "a%0Ab")]
    [InlineData("a\0b", "a%00b")]
    [InlineData("a\tb", "a%09b")]
    [InlineData("a\u007fb", "a%7Fb")]
    [InlineData("a,b", "a%2Cb")]
    [InlineData("100%", "100%25")]
    [InlineData("%0D%0A", "%250D%250A")]
    [InlineData("José", "Jos%C3%A9")]
    [InlineData("😀", "%F0%9F%98%80")]
    [InlineData("\u2028", "%E2%80%A8")]
    [InlineData("嘍嘊", "%E5%98%8D%E5%98%8A")]
    public void Value_BecomesVisibleAsciiAndDecodesToItself(string value, string expected)
    {
        var encoded = HeaderEncoding.Encode(value);
        Assert.Equal(expected, encoded);
        Assert.Equal(value, Uri.UnescapeDataString(encoded));
    }

    [Fact]
    public void EveryCharacter_YieldsNothingButVisibleAscii()
    {
        for (var c = 0; c <= 0xffff; c++)
        {
            var encoded = HeaderEncoding.Encode(((char)c).ToString());
            Assert.True(encoded.All(e => e is > ' ' and < '\u007f' and not ','), $"U+{c:X4}");
        }
    }

    [Fact]
    public void LoneSurrogate_IsReplacedNotThrown() => Assert.Equal("a%EF%BF%BDb", HeaderEncoding.Encode("a\ud800b"));
}
