using FrontDoor.TokenService.Users;
using Xunit;

namespace FrontDoor.TokenService.Tests.Users;

public sealed class DjangoHashTests
{
    // Made by Python's hashlib.pbkdf2_hmac, which Django calls.
    internal const string OfPassword = "pbkdf2_sha256$260000$Xb1Zr0pQe4Yw$FlFwTVGST4JXATmjth3ZliUysDLbyhnIpf2O1eH65bw=";
    internal const string Password = "pä55 wörd";

    [Fact]
    public void HashOfDjango_MatchesItsPasswordAlone()
    {
        var hash = DjangoHash.Read(OfPassword);
        Assert.NotNull(hash);
        Assert.True(hash.Matches(Password));
        Assert.False(hash.Matches("pa55 word"));
        Assert.False(hash.Matches(Password + " "));
        Assert.False(hash.Matches(""));
    }

    [Theory]
    [InlineData("")]
    [InlineData("!unusable")]
    [InlineData("argon2$argon2id$v=19$m=102400,t=2,p=8$c2FsdA$aGFzaA")]
    [InlineData("md5$salt$0123456789abcdef0123456789abcdef")]
    [InlineData("pbkdf2_sha1$260000$salt$FlFwTVGST4JXATmjth3ZliUysDLbyhnIpf2O1eH65bw=")]
    [InlineData("pbkdf2_sha256$0$salt$FlFwTVGST4JXATmjth3ZliUysDLbyhnIpf2O1eH65bw=")]
    [InlineData("pbkdf2_sha256$-1$salt$FlFwTVGST4JXATmjth3ZliUysDLbyhnIpf2O1eH65bw=")]
    [InlineData("pbkdf2_sha256$2000000000$salt$FlFwTVGST4JXATmjth3ZliUysDLbyhnIpf2O1eH65bw=")]
    [InlineData("pbkdf2_sha256$260000$$FlFwTVGST4JXATmjth3ZliUysDLbyhnIpf2O1eH65bw=")]
    [InlineData("pbkdf2_sha256$260000$salt$c2hvcnQ=")]
    [InlineData("pbkdf2_sha256$260000$salt$not base64")]
    [InlineData("pbkdf2_sha256$260000$salt")]
    public void WhatCannotBeChecked_IsNoHash(string stored) => Assert.Null(DjangoHash.Read(stored));
}
