using System.Security.Cryptography;
using System.Text;
using FrontDoor.Gateway.Authentication;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace FrontDoor.Gateway.Tests.Authentication;

public sealed class SignaturesTests
{
    private const string Signed = "eyJhbGciOiJIUzI1NiJ9.e30";

    private static readonly byte[] Secret = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    public static TheoryData<string, int> Algorithms => new()
    {
        { "HS256", 32 }, { "HS384", 48 }, { "HS512", 64 }, { "ES256", 64 }, { "ES384", 96 }, { "ES512", 132 }, { "RS256", 256 }, { "PS256", 256 },
    };

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Signature_IsGoodInWholeAlone(string algorithm, int length)
    {
        var (key, signature) = Sign(algorithm);
        Assert.Equal(length, signature.Length);
        Assert.True(Verify(key, algorithm, signature));
        Assert.False(Verify(key, algorithm, []));
        Assert.False(Verify(key, algorithm, [.. signature, 0]));
        Assert.False(Verify(key, algorithm, [0, .. signature]));
        // Every shorter one: an HMAC that is cut off is none (RFC 7518 section 3.2).
        Assert.All(Enumerable.Range(0, length), i => Assert.False(Verify(key, algorithm, signature[..i])));
        for (var i = 0; i < length; i += 7)
        {
            var other = signature.ToArray();
            other[i] ^= 1;
            Assert.False(Verify(key, algorithm, other));
        }

        Assert.False(Signatures.Verify($"{Signed}x.{Base64UrlEncoder.Encode(signature)}", key, algorithm));
        Assert.False(Signatures.Verify($"{Signed}.{Base64UrlEncoder.Encode(signature)}*", key, algorithm));
        Assert.True(Verify(key, algorithm, signature));
    }

    [Fact]
    public void SignatureInDer_IsNone()
    {
        // The curve's other encoding, which is what OpenSSL itself takes.
        using var signer = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var key = JsonWebKeyConverter.ConvertFromECDsaSecurityKey(new ECDsaSecurityKey(signer));
        var der = signer.SignData(Encoding.ASCII.GetBytes(Signed), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        Assert.False(Verify(key, "ES256", der));
    }

    private static bool Verify(JsonWebKey key, string algorithm, byte[] signature) => Signatures.Verify($"{Signed}.{Base64UrlEncoder.Encode(signature)}", key, algorithm);

    private static (JsonWebKey Key, byte[] Signature) Sign(string algorithm)
    {
        var signed = Encoding.ASCII.GetBytes(Signed);
        switch (algorithm[..2])
        {
            case "HS":
                var key = new JsonWebKey { Kty = "oct", K = Base64UrlEncoder.Encode([.. Secret, .. Secret]), Alg = algorithm };
                using (var provider = CryptoProviderFactory.Default.CreateForSigning(key, algorithm)) return (key, provider.Sign(signed));
            case "ES":
                using (var signer = ECDsa.Create(algorithm switch { "ES256" => ECCurve.NamedCurves.nistP256, "ES384" => ECCurve.NamedCurves.nistP384, _ => ECCurve.NamedCurves.nistP521 }))
                    return (JsonWebKeyConverter.ConvertFromECDsaSecurityKey(new ECDsaSecurityKey(ECDsa.Create(signer.ExportParameters(false)))), signer.SignData(signed, Hash(algorithm)));
            default:
                using (var signer = RSA.Create(2048))
                {
                    var padding = algorithm[0] == 'P' ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1;
                    return (JsonWebKeyConverter.ConvertFromRSASecurityKey(new RsaSecurityKey(signer.ExportParameters(false))), signer.SignData(signed, Hash(algorithm), padding));
                }
        }
    }

    private static HashAlgorithmName Hash(string algorithm) => new("SHA" + algorithm[2..]);
}
