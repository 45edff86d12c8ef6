using FrontDoor.Gateway.Authentication;
using Microsoft.Extensions.Primitives;
using Xunit;

namespace FrontDoor.Gateway.Tests.Authentication;

public sealed class BearerFieldTests
{
    [Theory]
    [InlineData("Bearer abc")]
    [InlineData("bearer abc")]
    [InlineData("BEARER abc")]
    [InlineData("bEaReR abc")]
    [InlineData("Bearer   abc")]
    [InlineData("Bearer abc ")]
    public void OneTokenAfterTheScheme_IsIt(string field) => Assert.Equal(("abc", false), Read(field));

    [Theory]
    [InlineData("")]
    [InlineData("Basic dXNlcjpwYXNz")]
    [InlineData("Bearerabc")]
    [InlineData("Bearer\tabc")]
    [InlineData("Beare abc")]
    [InlineData("Digest Bearer abc")]
    [InlineData("abc")]
    [InlineData(" Bearer abc")]
    public void OtherScheme_IsNoCredentials(string field) => Assert.Equal((null, false), Read(field));

    [Theory]
    [InlineData("Bearer")]
    [InlineData("bearer")]
    [InlineData("Bearer ")]
    [InlineData("Bearer    ")]
    [InlineData("Bearer abc def")]
    [InlineData("Bearer abc\tdef")]
    [InlineData("Bearer abc,def")]
    [InlineData("Bearer abc, Bearer abc")]
    [InlineData("Bearer abc, Basic abc")]
    public void NotExactlyOneToken_IsMalformed(string field) => Assert.Equal((null, true), Read(field));

    [Fact]
    public void NoField_IsNoCredentials() => Assert.Equal((null, false), Read(StringValues.Empty));

    [Theory]
    [InlineData("Bearer abc", "Bearer abc")]
    [InlineData("Basic x", "Bearer abc")]
    [InlineData("Bearer abc", "")]
    [InlineData("Basic x", "Basic y")]
    public void TwoFields_AreMalformed(string first, string second) => Assert.Equal((null, true), Read(new StringValues([first, second])));

    private static (string? Token, bool Malformed) Read(StringValues field)
    {
        var (token, malformed) = BearerField.Read(field);
        return (token is { } found ? found.ToString() : null, malformed);
    }
}
