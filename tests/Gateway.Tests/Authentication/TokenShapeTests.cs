using System.Text;
using FrontDoor.Gateway.Authentication;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace FrontDoor.Gateway.Tests.Authentication;

public sealed class TokenShapeTests
{
    private const string Head = """{"alg":"ES256","kid":"k","typ":"at+jwt"}""";
    private const string Body = """{"iss":"i","sub":"s","exp":2000000000}""";

    [Fact]
    public void GoodToken_IsDescribed() => Assert.Equal(
        new TokenShape("ES256", "at+jwt", "k", "i", HasSubject: true, HasSoundTimes: true, IssuedAt: null, NotBefore: null, Expires: 2000000000, Claims: default), TokenShape.Read(Token(Head, Body))! with { Claims = default });

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("...")]
    [InlineData("a.b.c")]
    [InlineData("....")]
    [InlineData("\0.\0.\0")]
    [InlineData("é.é.é")]
    [InlineData("e30.e30.e30")]
    [InlineData("W10.W10.W10")]
    [InlineData("bnVsbA.bnVsbA.x")]
    [InlineData("MQ.MQ.x")]
    public void WhatIsNoToken_IsNull(string text) => Assert.Null(TokenShape.Read(text));

    [Theory]
    [InlineData("""{"iss":"i","exp":1}""", "sub missing")]
    [InlineData("""{"iss":"i","sub":"","exp":1}""", "sub empty")]
    [InlineData("""{"iss":"i","sub":42,"exp":1}""", "sub a number")]
    [InlineData("""{"iss":"i","sub":null,"exp":1}""", "sub null")]
    [InlineData("""{"iss":"i","sub":["s"],"exp":1}""", "sub a list")]
    [InlineData("""{"iss":"i","sub":"s"}""", "exp missing")]
    [InlineData("""{"iss":"i","sub":"s","exp":"2000000000"}""", "exp text")]
    [InlineData("""{"iss":"i","sub":"s","exp":null}""", "exp null")]
    [InlineData("""{"iss":"i","sub":"s","exp":1e400}""", "exp infinite")]
    [InlineData("""{"iss":"i","sub":"s","exp":-1e400}""", "exp infinite")]
    [InlineData("""{"iss":"i","sub":"s","exp":true}""", "exp a truth value")]
    [InlineData("""{"iss":"i","sub":"s","exp":1,"nbf":"1"}""", "nbf text")]
    [InlineData("""{"iss":"i","sub":"s","exp":1,"iat":"1"}""", "iat text")]
    public void UnsoundClaims_AreNoted(string payload, string why)
    {
        var shape = TokenShape.Read(Token(Head, payload));
        Assert.True(shape is { HasSubject: false, HasSoundTimes: true } or { HasSubject: true, HasSoundTimes: false }, why);
    }

    [Theory]
    [InlineData("""{"alg":"ES256","alg":"ES256","kid":"k"}""", Body)]
    [InlineData("""{"alg":"ES256","\u0061lg":"none","kid":"k"}""", Body)]
    [InlineData(Head, """{"iss":"i","iss":"i","sub":"s","exp":1}""")]
    [InlineData(Head, """{"iss":"i","sub":"s","exp":1,"x":{"y":1,"y":2}}""")]
    [InlineData("""{"kid":"k"}""", Body)]
    [InlineData("""{"alg":1,"kid":"k"}""", Body)]
    [InlineData("""{"alg":"ES256","kid":""}""", Body)]
    [InlineData("""{"alg":"ES256","kid":7}""", Body)]
    [InlineData("""{"alg":"ES256","kid":["k"]}""", Body)]
    [InlineData("""{"alg":"ES256","kid":"\udc00"}""", Body)]
    [InlineData("""{"alg":"\ud800","kid":"k"}""", Body)]
    [InlineData(Head, """{"iss":"\ud800","sub":"s","exp":1}""")]
    [InlineData(Head, """{"\ud800":1,"iss":"i","sub":"s","exp":1}""")]
    [InlineData(Head, """{"iss":"i","sub":"\ud800","exp":1}""")]
    [InlineData(Head, """{"iss":"i","sub":"s","exp":1,"a":{"b":["x","\ud800"]}}""")]
    [InlineData(Head, """{"iss":["i"],"sub":"s","exp":1}""")]
    [InlineData(Head, """{"iss":"","sub":"s","exp":1}""")]
    [InlineData(Head, """{"iss":null,"sub":"s","exp":1}""")]
    [InlineData(Head, """{"iss":"i","sub":"s","exp":1}{}""")]
    [InlineData(Head, """{"iss":"i","sub":"s","exp":1,}""")]
    [InlineData(Head, """{"iss":"i",/**/"sub":"s","exp":1}""")]
    [InlineData(Head, """{"iss":"i","sub":"s","exp":NaN}""")]
    [InlineData(Head, "[]")]
    [InlineData(Head, "")]
    public void UnacceptableJson_IsNull(string header, string payload) => Assert.Null(TokenShape.Read(Token(header, payload)));

    [Fact]
    public void MissingKidAndIssuer_AreEmpty() => Assert.Equal(
        new TokenShape("HS256", "", "", "", HasSubject: false, HasSoundTimes: true, IssuedAt: null, NotBefore: null, Expires: 1, Claims: default),
        TokenShape.Read(Token("""{"alg":"HS256"}""", """{"exp":1}"""))! with { Claims = default });

    [Theory]
    [InlineData("jwk", "{}")]
    [InlineData("jku", "\"https://elsewhere.test\"")]
    [InlineData("x5u", "\"https://elsewhere.test\"")]
    [InlineData("x5c", "[]")]
    [InlineData("crit", "[]")]
    [InlineData("b64", "false")]
    [InlineData("enc", "\"A256GCM\"")]
    [InlineData("zip", "null")]
    [InlineData("\\u006awk", "{}")]
    public void HeaderThatIsNotUnderstood_IsNull(string name, string value) =>
        Assert.Null(TokenShape.Read(Token($$"""{"alg":"ES256","kid":"k","{{name}}":{{value}}}""", Body)));

    [Fact]
    public void DeepJson_IsNull() => Assert.Null(TokenShape.Read(Token(Head, $$"""{"iss":"i","sub":"s","exp":1,"x":{{new string('[', 5000)}}{{new string(']', 5000)}}}""")));

    [Fact]
    public void InvalidUtf8_IsNull()
    {
        var payload = Encoding.Latin1.GetBytes("""{"iss":"ÿ","sub":"s","exp":1}""");
        Assert.Null(TokenShape.Read($"{Base64UrlEncoder.Encode(Head)}.{Base64UrlEncoder.Encode(payload)}.c2ln"));
    }

    [Fact]
    public void TooLong_IsNull() => Assert.Null(TokenShape.Read(Token(Head, Body) + new string('A', TokenShape.MaxLength)));

    [Fact]
    public void AnythingAtAll_NeverThrows()
    {
        // Deterministic: good tokens, mutated one place at a time before and after the encoding.
        var whole = Token(Head, Body);
        for (var i = 0; i < whole.Length; i++)
        {
            foreach (var c in ".=+/ \0é_A") _ = TokenShape.Read(whole[..i] + c + whole[(i + 1)..]);
            _ = TokenShape.Read(whole.AsSpan(0, i));
        }

        foreach (var (text, isHead) in new[] { (Head, true), (Body, false) })
        {
            for (var i = 0; i < text.Length; i++)
            {
                foreach (var insert in new[] { "\"", "{", "}", "[", ",", "\\", "\\ud800", "\0", "ÿ", "1e999", "null", "," + text[1..] })
                {
                    var mutated = text[..i] + insert + text[(i + 1)..];
                    _ = TokenShape.Read(isHead ? Token(mutated, Body) : Token(Head, mutated));
                }
            }
        }

        Assert.NotNull(TokenShape.Read(whole));
    }

    private static string Token(string header, string payload) => $"{Base64UrlEncoder.Encode(header)}.{Base64UrlEncoder.Encode(payload)}.c2ln";
}
