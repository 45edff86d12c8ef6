using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FrontDoor.TestKit;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace FrontDoor.Gateway.Tests.Authentication;

/// <summary>Tokens that their issuer did not sign as they are.</summary>
public sealed class TamperedTokenTests(SharedGateway gateway)
{
    // The order of P-256: signature components of 0, 1, n-1 and n (CVE-2022-21449).
    private static readonly byte[] Order = Convert.FromHexString("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551");
    private static readonly byte[] OrderLessOne = Convert.FromHexString("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632550");
    private static readonly byte[] Zero = new byte[32];
    private static readonly byte[] One = [.. new byte[31], 1];

    private static readonly Dictionary<string, Func<string[], FakeIssuer, string>> Bad = new()
    {
        ["junk"] = (_, _) => "junk",
        ["dots"] = (_, _) => "..",
        ["two parts"] = (t, _) => $"{t[0]}.{t[1]}",
        ["four parts"] = (t, _) => $"{t[0]}.{t[1]}.{t[2]}.{t[2]}",
        ["five parts, a JWE"] = (t, _) => $"{Encode("""{"alg":"dir","enc":"A256GCM","zip":"DEF","kid":"key-1"}""")}..{t[1]}.{t[1]}.{t[2]}",
        ["five parts, PBES2 without end"] = (t, _) => $"{Encode("""{"alg":"PBES2-HS512+A256KW","enc":"A256GCM","p2c":2147483647,"p2s":"AA","kid":"key-1"}""")}.{t[1]}.{t[1]}.{t[1]}.{t[2]}",
        ["JSON serialisation"] = (t, _) => $$"""{"payload":"{{t[1]}}","protected":"{{t[0]}}","signature":"{{t[2]}}"}""",
        ["nested token"] = (t, issuer) => issuer.Sign(JsonSerializer.Serialize(issuer.GoodHeader()), string.Join('.', t)),
        ["empty signature"] = (t, _) => $"{t[0]}.{t[1]}.",
        ["empty payload"] = (t, _) => $"{t[0]}..{t[2]}",
        ["alg none, no signature"] = (t, _) => $"{Encode("""{"alg":"none","kid":"key-1","typ":"at+jwt"}""")}.{t[1]}.",
        ["alg none, old signature"] = (t, _) => $"{Encode("""{"alg":"none","kid":"key-1","typ":"at+jwt"}""")}.{t[1]}.{t[2]}",
        ["one bit of the signature"] = (t, _) => $"{t[0]}.{t[1]}.{FlipFirst(t[2])}",
        ["signature cut"] = (t, _) => $"{t[0]}.{t[1]}.{t[2][..^4]}",
        ["signature longer"] = (t, _) => $"{t[0]}.{t[1]}.{t[2]}AAAA",
        ["signature in DER"] = (t, issuer) => $"{t[0]}.{t[1]}.{Base64UrlEncoder.Encode(Der(t[2]))}",
        ["signature of another token"] = (t, issuer) => $"{t[0]}.{t[1]}.{issuer.Token().Split('.')[2]}",
        ["payload of another token"] = (t, issuer) => $"{t[0]}.{issuer.Token(c => c["sub"] = "1").Split('.')[1]}.{t[2]}",
        ["header with other spacing"] = (t, _) => $"{Encode("""{ "alg":"ES256","kid":"key-1","typ":"at+jwt" }""")}.{t[1]}.{t[2]}",
        ["signature padded with ="] = (t, _) => string.Join('.', t) + "==",
        ["header padded with ="] = (t, _) => $"{t[0]}=.{t[1]}.{t[2]}",
        ["plus in the signature"] = (t, _) => $"{t[0]}.{t[1]}.+{t[2][1..]}",
        ["slash in the signature"] = (t, _) => $"{t[0]}.{t[1]}./{t[2][1..]}",
        ["percent escape"] = (t, _) => $"{t[0]}%2e{t[1]}.{t[2]}",
        ["quoted"] = (t, _) => $"\"{string.Join('.', t)}\"",
        ["r = s = 0"] = (t, _) => Signature(t, Zero, Zero),
        ["r = s = 1"] = (t, _) => Signature(t, One, One),
        ["r = s = n"] = (t, _) => Signature(t, Order, Order),
        ["r = s = n - 1"] = (t, _) => Signature(t, OrderLessOne, OrderLessOne),
        ["r good, s = 0"] = (t, _) => Signature(t, R(t), Zero),
        ["r good, s = n"] = (t, _) => Signature(t, R(t), Order),
        ["r = 0, s good"] = (t, _) => Signature(t, Zero, S(t)),
        ["r = n, s good"] = (t, _) => Signature(t, Order, S(t)),
        ["r = 1, s = n - 1"] = (t, _) => Signature(t, One, OrderLessOne),
        ["r and s changed over"] = (t, _) => Signature(t, S(t), R(t)),
        ["r and s of 2^256 - 1"] = (t, _) => Signature(t, [.. Enumerable.Repeat((byte)0xFF, 32)], [.. Enumerable.Repeat((byte)0xFF, 32)]),
        ["r and s of 33 bytes"] = (t, _) => Signature(t, [0, .. R(t)], [0, .. S(t)]),
        ["10,000 dots"] = (_, _) => new string('.', 10_000),
        ["dots after it"] = (t, _) => string.Join('.', t) + new string('.', 10_000),
        ["r = n, s = 0"] = (t, _) => Signature(t, Order, Zero),
        ["HS256 with the public key as PEM"] = (t, issuer) => Hmac(t, Encoding.ASCII.GetBytes(issuer.PublicKeyPem())),
        ["HS256 with the public key as DER"] = (t, issuer) => Hmac(t, Convert.FromBase64String(string.Concat(issuer.PublicKeyPem().Split('\n')[1..^1]))),
        ["HS256 with the public key as JWK"] = (t, issuer) => Hmac(t, Encoding.ASCII.GetBytes(issuer.PublicJwk())),
        ["HS256 with an empty secret"] = (t, _) => Hmac(t, []),
        ["HS256 with a weak secret"] = (t, _) => Hmac(t, "secret"u8.ToArray()),
        ["signed by a key of the same kid"] = (t, _) => ByStranger(t),
        ["over 16 KB"] = (_, issuer) => issuer.Token(c => c["padding"] = new string('x', 13_000)),
    };

    public static TheoryData<string> Tokens => [.. Bad.Keys];

    [Theory]
    [MemberData(nameof(Tokens))]
    public async Task TokenNotAsSigned_IsRefused(string which)
    {
        var path = SharedGateway.ProtectedPath();
        using var answer = await gateway.GetAsync(path, "Bearer " + Bad[which](gateway.Issuer.Token().Split('.'), gateway.Issuer));
        if (which is "JSON serialisation") await ProblemAssert.IsAsync(answer, HttpStatusCode.Unauthorized, "bad_authorization_header");
        else await ProblemAssert.TokenNotValidAsync(answer);
        gateway.NothingArrived(path);
        await gateway.StillServesAsync();
    }

    [Theory]
    [InlineData(64 * 1024)]
    [InlineData(1024 * 1024)]
    public async Task HugeHeader_IsTurnedAway(int length)
    {
        var path = SharedGateway.ProtectedPath();
        var answer = await RawHttp.RequestAsync(gateway.Address, "GET", path, "Authorization: Bearer " + new string('A', length));
        // A reset may overtake the answer; it is no answer of success.
        Assert.True(answer.Length == 0 || RawHttp.Status(answer) is 431 or 400, answer);
        gateway.NothingArrived(path);
        await gateway.StillServesAsync();
    }

    private static string Encode(string text) => Base64UrlEncoder.Encode(text);

    private static string FlipFirst(string text) => (text[0] == 'A' ? 'B' : 'A') + text[1..];

    private static string Signature(string[] token, byte[] r, byte[] s) => $"{token[0]}.{token[1]}.{Base64UrlEncoder.Encode([.. r, .. s])}";

    private static byte[] R(string[] token) => Base64UrlEncoder.DecodeBytes(token[2])[..32];

    private static byte[] S(string[] token) => Base64UrlEncoder.DecodeBytes(token[2])[32..];

    private static byte[] Der(string signature)
    {
        var raw = Base64UrlEncoder.DecodeBytes(signature);
        return [0x30, 70, 2, 33, 0, .. raw[..32], 2, 33, 0, .. raw[32..]];
    }

    private static string Hmac(string[] token, byte[] secret)
    {
        var input = $"{Encode("""{"alg":"HS256","kid":"key-1","typ":"at+jwt"}""")}.{token[1]}";
        return $"{input}.{Base64UrlEncoder.Encode(HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(input)))}";
    }

    private static string ByStranger(string[] token)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return $"{token[0]}.{token[1]}.{Base64UrlEncoder.Encode(key.SignData(Encoding.ASCII.GetBytes($"{token[0]}.{token[1]}"), HashAlgorithmName.SHA256))}";
    }
}
