using FrontDoor.TokenService.Clients;
using Xunit;

namespace FrontDoor.TokenService.Tests.Clients;

public sealed class ClientRulesTests
{
    [Theory]
    [InlineData("billing")]
    [InlineData("a")]
    [InlineData("a:b/c+d%e\"f")]
    [InlineData("42a")]
    public void VisibleAscii_IsAnId(string id) => Assert.True(ClientRules.IsId(id));

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a\n")]
    [InlineData("a\0")]
    [InlineData("zoë")]
    [InlineData("42")] // Django's user ids
    [InlineData("0198f0aa6f5b7c3e9d1122334455aabb")] // our users' ids
    [InlineData("0198F0AA-6F5B-7C3E-9D11-22334455AABB")]
    [InlineData("{0198f0aa-6f5b-7c3e-9d11-22334455aabb}")]
    public void WhatCouldBeAUsersIdOrIsNoVisibleAscii_IsNone(string id) => Assert.False(ClientRules.IsId(id));

    [Fact]
    public void LengthsAtTheirLimits_AreLegal_OneMoreIsNot()
    {
        Assert.Empty(Faults(new string('x', 64), new string('n', 128), new string('s', 2048), new string('a', 256)));
        Assert.Equal(4, Faults(new string('x', 65), new string('n', 129), new string('s', 2049), new string('a', 257)).Count());
    }

    [Theory]
    [InlineData("", "a scope", "")]
    [InlineData(" ", "\"", " ")]
    [InlineData("a\tb", "", "a\nb")]
    public void EmptyOrUnspeakableParts_AreAllReported(string name, string scope, string audience) => Assert.Equal(3, Faults("ok", name, scope, audience).Count());

    private static IEnumerable<(string Field, string Text)> Faults(string id, string name, string scope, string audience) => ClientRules.Faults(id, name, [scope], audience);
}
