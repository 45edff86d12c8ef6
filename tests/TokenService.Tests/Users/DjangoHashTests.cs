using FrontDoor.TokenService.Users;
using Xunit;

namespace FrontDoor.TokenService.Tests.Users;

public sealed class DjangoHashTests
{
    // Made by Python's hashlib.pbkdf2_hmac, which Django calls.
    internal const string OfPassword = "pbkdf2_sha256$260000$Xb1Zr0pQe4Yw$FlFwTVGST4JXATmjth3ZliUysDLbyhnIpf2O1eH65bw=";
    internal const string Password = "pä55 wörd";

    // Made by Django 3.2.25 with argon2-cffi 21.1 and bcrypt 3.2; scrypt, which that Django lacks, by Python's hashlib as Django 4 calls it.
    internal const string Argon2 = "argon2$argon2id$v=19$m=102400,t=2,p=8$M25qVFBocG9ldGgwVzJWUERsQnhFTQ$d6LKG3Pzh1ojIagaKX11tw";

    internal const string BcryptSha256 = "bcrypt_sha256$$2b$12$aicu0/jVD89RqUFBZpFuzuMQjqIJcAXrGtW8NSvtJuqI5BYc/EZii";

    [Theory]
    [InlineData(OfPassword)]
    [InlineData("pbkdf2_sha256$260000$N3itH8Rf3I7WWWYmwMp4SY$MJap2i34bOkA6aCzT9H9uaC4D/5vZiW6ZMF89167sb8=")]
    [InlineData("pbkdf2_sha1$260000$CnhZkyk8BJQw7daIl2YIim$BMzsRnhHlaWx1RkQYgPUrclcG9Y=")]
    [InlineData(Argon2)]
    [InlineData("argon2$argon2i$v=19$m=512,t=2,p=2$IJgAOE5Em6Vh0FMgyuq0vw$pt4ODyMCefY8lSQaCTie1g")]
    [InlineData(BcryptSha256)]
    [InlineData("bcrypt$$2b$12$U4C0Rtcp4TDsIzo9MmBGY.rPTl5zkucDJjEHWoc.GyxEogXnaaXBq")]
    [InlineData("scrypt$Q3xQv8wKqzZp1b$16384$8$1$hwsA5vR7j5ykJIJNGt3iDr+QH0nrW/KFRH8/fWiiC7eCcbeB64uW4Yx1jU27AYFO3HLxS70HhhsN0KI0QfP3Fw==")]
    [InlineData("scrypt$Q3xQv8wKqzZp1b$16384$8$5$eisfExN0pcW2IglJmSPtFA4n2p7ULMcPQkBNmUFH0SEI8QXmqL/cNQ40A25qp6RsHerT01A5ZKSXAokHZkpx8Q==")]
    public void HashOfDjango_MatchesItsPasswordAlone(string stored)
    {
        var hash = DjangoHash.Read(stored);
        Assert.NotNull(hash);
        Assert.True(hash.Matches(Password));
        Assert.False(hash.Matches("pa55 word"));
        Assert.False(hash.Matches(Password + " "));
        Assert.False(hash.Matches(""));
    }

    [Fact]
    public void LongPassword_CountsWholeWithSha256AndTo72BytesWithout()
    {
        var whole = DjangoHash.Read("bcrypt_sha256$$2b$12$L.7Duri2PvBKAS3jnWCx5eOxQQndUo1jfNSB8k4ZSY5ZNQklvCIoa")!;
        Assert.True(whole.Matches(new string('x', 100)));
        Assert.False(whole.Matches(new string('x', 99)));
        var cut = DjangoHash.Read("bcrypt$$2b$12$Oi8DEBVHpgryDbd283cTCOGvLaWJ169hCB70kExWF8rWlkY5zFM1i")!;
        Assert.True(cut.Matches(new string('x', 100)));
        Assert.True(cut.Matches(new string('x', 72)));
        Assert.False(cut.Matches(new string('x', 71)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("!unusable")]
    [InlineData("md5$salt$0123456789abcdef0123456789abcdef")]
    [InlineData("pbkdf2_sha256$0$salt$FlFwTVGST4JXATmjth3ZliUysDLbyhnIpf2O1eH65bw=")]
    [InlineData("pbkdf2_sha256$-1$salt$FlFwTVGST4JXATmjth3ZliUysDLbyhnIpf2O1eH65bw=")]
    [InlineData("pbkdf2_sha256$2000000000$salt$FlFwTVGST4JXATmjth3ZliUysDLbyhnIpf2O1eH65bw=")]
    [InlineData("pbkdf2_sha256$260000$$FlFwTVGST4JXATmjth3ZliUysDLbyhnIpf2O1eH65bw=")]
    [InlineData("pbkdf2_sha256$260000$salt$c2hvcnQ=")]
    [InlineData("pbkdf2_sha256$260000$salt$not base64")]
    [InlineData("pbkdf2_sha256$260000$salt")]
    [InlineData("pbkdf2_sha1$260000$salt$FlFwTVGST4JXATmjth3ZliUysDLbyhnIpf2O1eH65bw=")]
    [InlineData("argon2$argon2id$v=19$m=102400,t=2,p=8$c2FsdA$aGFzaA")]
    [InlineData("argon2$argon2d$v=19$m=102400,t=2,p=8$M25qVFBocG9ldGgwVzJWUERsQnhFTQ$d6LKG3Pzh1ojIagaKX11tw")]
    [InlineData("argon2$argon2id$v=16$m=102400,t=2,p=8$M25qVFBocG9ldGgwVzJWUERsQnhFTQ$d6LKG3Pzh1ojIagaKX11tw")]
    [InlineData("argon2$argon2id$v=19$m=102400,t=2$M25qVFBocG9ldGgwVzJWUERsQnhFTQ$d6LKG3Pzh1ojIagaKX11tw")]
    [InlineData("bcrypt$$2b$12$tooshort")]
    [InlineData("bcrypt_sha1$$2b$12$aicu0/jVD89RqUFBZpFuzuMQjqIJcAXrGtW8NSvtJuqI5BYc/EZii")]
    [InlineData("scrypt$salt$16384$8$1$c2hvcnQ=")]
    [InlineData("scrypt$salt$16383$8$1$hwsA5vR7j5ykJIJNGt3iDr+QH0nrW/KFRH8/fWiiC7eCcbeB64uW4Yx1jU27AYFO3HLxS70HhhsN0KI0QfP3Fw==")]
    public void WhatCannotBeChecked_IsNoHash(string stored) => Assert.Null(DjangoHash.Read(stored));

    // What an imported file may make the service do at each sign-in.
    [Theory]
    [InlineData("m=262144,t=4,p=8", true)]
    [InlineData("m=262145,t=1,p=8", false)]
    [InlineData("m=262144,t=5,p=8", false)]
    [InlineData("m=999999999,t=999999999,p=8", false)]
    [InlineData("m=102400,t=2,p=17", false)]
    [InlineData("m=102400,t=2,p=0", false)]
    [InlineData("m=102400,t=0,p=8", false)]
    [InlineData("m=63,t=2,p=8", false)]
    public void Argon2_HasBounds(string parameters, bool within) =>
        Assert.Equal(within, DjangoHash.Read($"argon2$argon2id$v=19${parameters}$M25qVFBocG9ldGgwVzJWUERsQnhFTQ$d6LKG3Pzh1ojIagaKX11tw") is not null);

    [Theory]
    [InlineData("04", true)]
    [InlineData("14", true)]
    [InlineData("15", false)]
    [InlineData("31", false)]
    [InlineData("03", false)]
    public void Bcrypt_HasBounds(string cost, bool within) =>
        Assert.Equal(within, DjangoHash.Read($"bcrypt$$2b${cost}$U4C0Rtcp4TDsIzo9MmBGY.rPTl5zkucDJjEHWoc.GyxEogXnaaXBq") is not null);

    [Theory]
    [InlineData("131072$8$1", true)]
    [InlineData("131072$8$5", false)]
    [InlineData("262144$8$1", false)]
    [InlineData("2$33$1", false)]
    [InlineData("2$8$17", false)]
    [InlineData("1073741824$32$16", false)]
    public void Scrypt_HasBounds(string parameters, bool within) => Assert.Equal(
        within, DjangoHash.Read($"scrypt$salt${parameters}$hwsA5vR7j5ykJIJNGt3iDr+QH0nrW/KFRH8/fWiiC7eCcbeB64uW4Yx1jU27AYFO3HLxS70HhhsN0KI0QfP3Fw==") is not null);

    [Theory]
    [InlineData("!", "unusable")]
    [InlineData("!gH7sd", "unusable")]
    [InlineData("md5$salt$hash", "md5")]
    [InlineData("unsalted", "unknown")]
    [InlineData("", "unknown")]
    [InlineData("$1$salt$hash", "unknown")]
    public void NameOfAFormat_HasNothingOfTheHash(string stored, string name) => Assert.Equal(name, DjangoHash.NameOf(stored));
}
