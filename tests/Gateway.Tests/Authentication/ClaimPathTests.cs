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
    [InlineData("a", """{"a":["1",2,true,null,{"x":1},["y"]]}""", "1,2")]
    [InlineData("a", """{"a":7}""", "7")]
    [InlineData("a", """{"a":null}""", "")]
    [InlineData("a", """{"a":{"b":"1"}}""", "")]
    [InlineData("a.b", """{"a":"1"}""", null)]
    [InlineData("a.b", """{"a":["b"]}""", null)]
    [InlineData("a.", """{"a":{"b":"1"}}""", null)]
    [InlineData(".a", """{"a":"1"}""", null)]
    [InlineData("A", """{"a":"1"}""", null)]
    public void Path_IsFoundByTheLongestNames(string path, string json, string? expected)
    {
        var found = ClaimPath.Find(JsonDocument.Parse(json).RootElement, path);
        Assert.Equal(expected, found is { } claim ? string.Join(',', ClaimPath.Texts(claim)) : null);
    }
}
