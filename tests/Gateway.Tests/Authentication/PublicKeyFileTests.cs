using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FrontDoor.Gateway.Authentication;
using FrontDoor.TestKit;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace FrontDoor.Gateway.Tests.Authentication;

public sealed class PublicKeyFileTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly ECDsa _p256 = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly RSA _rsa = RSA.Create(2048);

    [Fact]
    public void Pem_HasPublicKeysAndCertificatesNamedByThumbprint()
    {
        var request = new CertificateRequest("CN=issuer", _rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddDays(1));
        var keys = Read($"# ours\n{_p256.ExportSubjectPublicKeyInfoPem()}\n{certificate.ExportCertificatePem()}\n{_rsa.ExportRSAPublicKeyPem()}\n{_rsa.ExportSubjectPublicKeyInfoPem()}\n");
        Assert.Equal(["EC P-256", "RSA "], keys.Select(k => $"{k.Kty} {k.Crv}"));
        var q = _p256.ExportParameters(false).Q;
        // RFC 7638 section 3.2: the required members in this order.
        var canonical = $$"""{"crv":"P-256","kty":"EC","x":"{{Base64UrlEncoder.Encode(q.X)}}","y":"{{Base64UrlEncoder.Encode(q.Y)}}"}""";
        Assert.Equal(Base64UrlEncoder.Encode(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(canonical))), keys[0].Kid);
    }

    [Fact]
    public void KeySet_KeepsItsKidsAndLeavesOutWhatDoesNotSign()
    {
        using var named = new OtherKey("a");
        using var unnamed = new OtherKey("b");
        using var enc = new OtherKey("c");
        var keys = Read($$"""{"keys":[{{named.Jwk}},{{unnamed.Jwk.Replace("\"kid\":\"b\",", "", StringComparison.Ordinal)}},{{enc.Jwk.Replace("\"sig\"", "\"enc\"", StringComparison.Ordinal)}}]}""");
        Assert.Equal(2, keys.Count);
        Assert.Equal("a", keys[0].Kid);
        Assert.Equal(43, keys[1].Kid.Length);
    }

    [Fact]
    public void UnusableFile_IsNamedWithoutItsContent()
    {
        using var weak = RSA.Create(1024);
        using var odd = ECDsa.Create(ECCurve.NamedCurves.brainpoolP256r1);
        using var good = new OtherKey();
        Refused("has a private key", _p256.ExportPkcs8PrivateKeyPem());
        Refused("has a private key", _p256.ExportSubjectPublicKeyInfoPem() + "\n" + _rsa.ExportRSAPrivateKeyPem());
        Refused("has a private or symmetric key", """{"keys":[{"kty":"oct","kid":"k","k":"c2VjcmV0"}]}""");
        Refused("has a private or symmetric key", $$"""{"keys":[{{good.Jwk.Replace("\"x\"", "\"d\":\"AAAA\",\"x\"", StringComparison.Ordinal)}}]}""");
        Refused("too weak or of another kind", weak.ExportSubjectPublicKeyInfoPem());
        Refused("cannot be read", odd.ExportSubjectPublicKeyInfoPem());
        Refused("has a block X509 CRL", "-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----");
        Refused("cannot be read", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----");
        Refused("cannot be read", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----");
        Refused("has no usable key", "hello");
        Refused("has no usable key", "");
        Refused("has no usable key", """{"keys":[]}""");
        Refused("is no JSON object", """{"keys":7}""");
        Refused("is no JSON object", "{ secret");
        Assert.Contains("does not exist", Assert.Throws<KeyFileException>(() => PublicKeyFile.Read(_folder.File("missing"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FileThatAnybodyCanWrite_IsRefused()
    {
        var path = _folder.Write("keys.pem", _p256.ExportSubjectPublicKeyInfoPem());
        if (OperatingSystem.IsWindows()) return;
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.OtherWrite);
        Assert.Contains("chmod o-w", Assert.Throws<KeyFileException>(() => PublicKeyFile.Read(path)).Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _folder.Dispose();
        _p256.Dispose();
        _rsa.Dispose();
    }

    private IReadOnlyList<JsonWebKey> Read(string content) => PublicKeyFile.Read(_folder.Write("keys", content));

    private void Refused(string why, string content)
    {
        var fault = Assert.Throws<KeyFileException>(() => Read(content)).Message;
        Assert.Contains(why, fault, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", fault, StringComparison.Ordinal);
        Assert.DoesNotContain("AAAA", fault, StringComparison.Ordinal);
    }
}
