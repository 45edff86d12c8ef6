using System.Text.Json;
using FrontDoor.Gateway.Authentication;
using Xunit;

namespace FrontDoor.Gateway.Tests.Authentication;

public sealed class ClaimPathTests
{
    [Theory]
    [InlineData("a", """{"a":"1"}""", "1")]
    [InlineData("a.b", """{"a":{"b":"1"}}""", "1")]
    [InlineData("a.b", """{"a.b":"1","a":{"b":"2"}}""", "1")]
    [InlineData("a.b.c", """{"a":{"b.c":"1","b":{"c":"2"}}}""", "1")]
    [InlineData("a.b.c", """{"a.b":{"c":"1"},"a":{"b.c":"2"}}""", "1")]
    [InlineData("a.b.c", """{"a.b":{"x":"1"},"a":{"b.c":"2"}}""", "2")]
    [InlineData("a", """{"a":["1",2,true,null,{"x":1},["y"]]}""", """1|2|true||{"x":1}|["y"]""")]
    [InlineData("a", """{"a":7}""", "7")]
    [InlineData("a", """{"a":1.50}""", "1.50")]
    [InlineData("a", """{"a":[]}""", "none")]
    [InlineData("a", """{"a":null}""", "")]
    [InlineData("a", """{"a":{"b":"1"}}""", """{"b":"1"}""")]
    [InlineData("a.b", """{"a":[{"b":"1"},{"c":"2"},{"b":["3","4"]},"b"]}""", "1|3|4")]
    [InlineData("a.b", """{"a":[[{"b":"1"}]]}""", null)]
    [InlineData("a.b", """{"a":"1"}""", null)]
    [InlineData("a.b", """{"a":["b"]}""", null)]
    [InlineData("a.", """{"a":{"b":"1"}}""", null)]
    [InlineData(".a", """{"a":"1"}""", null)]
    [InlineData("A", """{"a":"1"}""", null)]
    public void Path_IsFoundByTheLongestNames(string path, string json, string? expected)
    {
        var found = ClaimPath.Find(JsonElement.Parse(json), path);
        Assert.Equal(expected, found is null ? null : found.Count == 0 ? "none" : string.Join('|', found.Select(ClaimPath.Text)));
    }

    [Fact]
    public void NobodysClaims_AreNone() => Assert.Null(ClaimPath.Find(default, "a"));
}
