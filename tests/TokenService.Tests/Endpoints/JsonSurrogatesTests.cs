using FrontDoor.TokenService.Endpoints;
using Xunit;

namespace FrontDoor.TokenService.Tests.Endpoints;

public sealed class JsonSurrogatesTests
{
    [Theory]
    [InlineData("\"\"", null)]
    [InlineData("\"plain\"", null)]
    [InlineData("\"\\ud83d\\ude00\"", null)]
    [InlineData("\"\\uD83D\\uDE00\\ud83d\\ude00\"", null)]
    [InlineData("\"\\\\ud800\"", null)]
    [InlineData("\"\\n\\t\\\"\\u0041\"", null)]
    [InlineData("\"\\ud800\"", "D800")]
    [InlineData("\"\\udfff\"", "DFFF")]
    [InlineData("\"\\ud800\\ud800\"", "D800")]
    [InlineData("\"\\ud801\\u0041\"", "D801")]
    [InlineData("\"\\ud802x\\udc00\"", "D802")]
    [InlineData("\"\\ud83d\\ude00\\udbff\"", "DBFF")]
    [InlineData("\"\\\\\\udabc\"", "DABC")]
    [InlineData("\"\\ud800\\", "D800")]
    public void FirstHalfOfAPair_IsFound(string json, string? expected) => Assert.Equal(expected, JsonSurrogates.FirstLone(json));
}
