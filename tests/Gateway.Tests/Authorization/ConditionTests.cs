using FrontDoor.Gateway.Authorization;
using Xunit;

namespace FrontDoor.Gateway.Tests.Authorization;

public sealed class ConditionTests
{
    [Theory]
    [InlineData("", "", "", true)]
    [InlineData("", "", "a", true)]
    [InlineData("a", "", "a", true)]
    [InlineData("a", "", "", false)]
    [InlineData("a", "", "b", false)]
    [InlineData("a", "", "A", false)]
    [InlineData("a", "", "ab", false)]
    [InlineData("a b", "", "b a c", true)]
    [InlineData("a b", "", "a", false)]
    [InlineData("", "a b", "b", true)]
    [InlineData("", "a b", "c", false)]
    [InlineData("", "a b", "", false)]
    [InlineData("a", "b c", "a c", true)]
    [InlineData("a", "b c", "a", false)]
    [InlineData("a", "b c", "b c", false)]
    public void HeldValues_MeetAllAndAny(string all, string any, string held, bool met) =>
        Assert.Equal(met, new Condition { All = Words(all), Any = Words(any) }.IsMetBy(Words(held)));

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
