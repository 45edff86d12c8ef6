using System.Security.Cryptography;
using System.Text.Json;
using FrontDoor.Gateway.Authentication;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace FrontDoor.Gateway.Tests.Authentication;

public sealed class KeyDocumentsTests
{
    private static readonly string Good = Ec("good");

    [Fact]
    public void GoodKeys_AreReadByKid()
    {
        var keys = KeyDocuments.Read(Set(Good, Rsa("rsa", 2048), Ec("other", use: null)));
        Assert.Equal(["good", "other", "rsa"], keys.Keys.Order());
    }

    public static TheoryData<string, string> Unusable => new()
    {
        { "encryption key", Ec("bad", use: "enc") },
        { "use unknown", Ec("bad", use: "SIG") },
        { "key_ops without verify", Good.Replace("\"good\"", "\"bad\",\"key_ops\":[\"sign\"]", StringComparison.Ordinal) },
        { "symmetric", """{"kty":"oct","use":"sig","alg":"HS256","kid":"bad","k":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}""" },
        { "private half published", Good.Replace("\"good\"", "\"bad\",\"d\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"", StringComparison.Ordinal) },
        { "short RSA", Rsa("bad", 1024) },
        { "no kid", Good.Replace("\"kid\":\"good\",", "", StringComparison.Ordinal) },
        { "empty kid", Ec("") },
        { "kid a number", Good.Replace("\"kid\":\"good\"", "\"kid\":7", StringComparison.Ordinal) },
        { "no kty", """{"kid":"bad"}""" },
        { "kty unknown", """{"kty":"OKP","crv":"Ed25519","x":"AA","kid":"bad"}""" },
        { "kty a number", """{"kty":1,"kid":"bad"}""" },
        { "no point", """{"kty":"EC","crv":"P-256","kid":"bad"}""" },
        { "curve not supported", Good.Replace("P-256", "secp256k1", StringComparison.Ordinal).Replace("\"good\"", "\"bad\"", StringComparison.Ordinal) },
        { "point not base64url", """{"kty":"EC","crv":"P-256","kid":"bad","x":"!!","y":"%%"}""" },
        { "point too short", """{"kty":"EC","crv":"P-256","kid":"bad","x":"AA","y":"AA"}""" },
        { "point off the curve", $$"""{"kty":"EC","crv":"P-256","kid":"bad","x":"{{new string('A', 42)}}E","y":"{{new string('A', 42)}}E"}""" },
        { "RSA exponent 1", Rsa("bad", 2048, "AQ") },
        { "RSA exponent 0", Rsa("bad", 2048, "AA") },
        { "RSA exponent even", Rsa("bad", 2048, "AQAA") },
        { "RSA exponent as long as the modulus", Rsa("bad", 2048, new string('A', 341) + "E") },
        { "RSA of 20,000 bits", $$"""{"kty":"RSA","kid":"bad","n":"{{new string('q', 3334)}}","e":"AQAB"}""" },
        { "RSA without exponent", """{"kty":"RSA","n":"AAAA","kid":"bad"}""" },
        { "RSA modulus not base64url", """{"kty":"RSA","n":"!!!","e":"AQAB","kid":"bad"}""" },
        { "text", "\"text\"" },
        { "number", "7" },
        { "null", "null" },
        { "list", "[]" },
        { "empty", "{}" },
    };

    [Theory]
    [MemberData(nameof(Unusable))]
    public void UnusableEntry_IsLeftOutAndSpoilsNothing(string what, string entry)
    {
        Assert.True(KeyDocuments.Read(Set(entry, Good)) is { Count: 1 } before && before.ContainsKey("good"), what);
        Assert.True(KeyDocuments.Read(Set(Good, entry)) is { Count: 1 } after && after.ContainsKey("good"), what);
    }

    [Fact]
    public void DuplicateKid_FirstOneStays()
    {
        var first = Ec("twice");
        var keys = KeyDocuments.Read(Set(first, Rsa("twice", 2048), Good));
        Assert.Equal("EC", keys["twice"].Kty);
        Assert.Equal(2, keys.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html></html>")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"keys\":[")]
    [InlineData("{}")]
    [InlineData("""{"keys":{}}""")]
    [InlineData("""{"Keys":[{"kid":"x"}]}""")]
    public void NoKeySet_IsAJsonFault(string text) => Assert.ThrowsAny<JsonException>(() => KeyDocuments.Read(text));

    [Fact]
    public void SetWithoutKeys_IsEmpty() => Assert.Empty(KeyDocuments.Read("""{"keys":[]}"""));

    private static string Set(params string[] entries) => $$"""{"keys":[{{string.Join(",", entries)}}]}""";

    private static string Ec(string kid, string? use = "sig")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var q = key.ExportParameters(false).Q;
        var usage = use is null ? "" : $"\"use\":\"{use}\",";
        return $$"""{"kty":"EC","crv":"P-256",{{usage}}"kid":"{{kid}}","x":"{{Base64UrlEncoder.Encode(q.X)}}","y":"{{Base64UrlEncoder.Encode(q.Y)}}"}""";
    }

    private static string Rsa(string kid, int bits, string? exponent = null)
    {
        using var key = RSA.Create(bits);
        var p = key.ExportParameters(false);
        return $$"""{"kty":"RSA","use":"sig","kid":"{{kid}}","n":"{{Base64UrlEncoder.Encode(p.Modulus)}}","e":"{{exponent ?? Base64UrlEncoder.Encode(p.Exponent)}}"}""";
    }
}
