using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using FrontDoor.TestKit;
using Microsoft.AspNetCore.Http;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace FrontDoor.Gateway.Tests.Authentication;

/// <summary>A second issuer with keys of other kinds: each key verifies its own algorithm (RFC 8725 section 3.1) and its own issuer's tokens.</summary>
public sealed class AlgorithmTests : IAsyncLifetime
{
    private const string Issuer = "https://other.test";

    private readonly RSA _rsa = RSA.Create(2048);
    private readonly RSA _weak = RSA.Create(1024);
    private readonly ECDsa _p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
    private readonly ECDsa _p256 = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private FakeIssuer _first = null!;
    private TestServer _documents = null!;
    private TestServer _backend = null!;
    private GatewayApp _gateway = null!;

    public async ValueTask InitializeAsync()
    {
        _first = await FakeIssuer.StartAsync();
        _backend = await TestServer.StartAsync();
        var keys = $$"""{"keys":[{{Rsa("rsa", null)}},{{Rsa("rsa-rs256", "RS256")}},{{Rsa("certified", "RS256").Replace("{", $$"""{"x5c":["{{Certificate(_weak)}}"],""", StringComparison.Ordinal)}},{{Ec(_p384, "p384", "P-384")}},{{Ec(_p256, "key-1", "P-256")}}]}""";
        _documents = await TestServer.StartAsync(context => context.Response.WriteAsync(
            context.Request.Path == "/keys" ? keys : $$"""{"issuer":"{{Issuer}}","jwks_uri":"http://{{context.Request.Host}}/keys"}"""));
        _gateway = await GatewayApp.StartAsync(_first.Trust, _backend.Address, new Dictionary<string, string?>
        {
            ["Issuers:other:Issuer"] = Issuer,
            ["Issuers:other:MetadataAddress"] = _documents.Address.AbsoluteUri,
            ["Issuers:other:Audiences:0"] = "front-door",
            ["Issuers:other:Algorithms:0"] = "RS256",
            ["Issuers:other:Algorithms:1"] = "PS256",
            ["Issuers:other:Algorithms:2"] = "ES384",
        });
    }

    [Theory]
    [InlineData("RS256", "rsa", HttpStatusCode.OK)]
    [InlineData("PS256", "rsa", HttpStatusCode.OK)]
    [InlineData("RS256", "rsa-rs256", HttpStatusCode.OK)]
    [InlineData("ES384", "p384", HttpStatusCode.OK)]
    [InlineData("PS256", "rsa-rs256", HttpStatusCode.Unauthorized)]
    [InlineData("RS384", "rsa", HttpStatusCode.Unauthorized)]
    [InlineData("RS512", "rsa", HttpStatusCode.Unauthorized)]
    [InlineData("ES256", "key-1", HttpStatusCode.Unauthorized)]
    [InlineData("ES384", "rsa", HttpStatusCode.Unauthorized)]
    [InlineData("RS256", "p384", HttpStatusCode.Unauthorized)]
    [InlineData("ES384", "key-1", HttpStatusCode.Unauthorized)]
    public async Task Algorithm_MustBeAllowedAndTheKeysOwn(string algorithm, string kid, HttpStatusCode expected) =>
        Assert.Equal(expected, await StatusAsync(Token(Issuer, algorithm, kid)));

    // The numbers of an entry are the key, whatever stands beside them: they were judged, and they are what is kept on disk.
    [Fact]
    public async Task CertificateBesideAKey_VerifiesNothing()
    {
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(Token(Issuer, "RS256", "certified")));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(Token(Issuer, "RS256", "certified", input => _weak.SignData(input, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))));
    }

    // RFC 8725 section 2.1. The form of the key that a careless library would take for the secret.
    [Theory]
    [InlineData("PEM")]
    [InlineData("PEM of PKCS #1")]
    [InlineData("PEM without its last line break")]
    [InlineData("DER")]
    [InlineData("DER of PKCS #1")]
    [InlineData("JWK")]
    [InlineData("n")]
    [InlineData("n as text")]
    [InlineData("empty")]
    [InlineData("weak")]
    public async Task HmacWithThePublicKey_VerifiesNothing(string form)
    {
        var n = _rsa.ExportParameters(false).Modulus!;
        var secret = form switch
        {
            "PEM" => Encoding.ASCII.GetBytes(_rsa.ExportSubjectPublicKeyInfoPem() + "\n"),
            "PEM of PKCS #1" => Encoding.ASCII.GetBytes(_rsa.ExportRSAPublicKeyPem() + "\n"),
            "PEM without its last line break" => Encoding.ASCII.GetBytes(_rsa.ExportSubjectPublicKeyInfoPem()),
            "DER" => _rsa.ExportSubjectPublicKeyInfo(),
            "DER of PKCS #1" => _rsa.ExportRSAPublicKey(),
            "JWK" => Encoding.ASCII.GetBytes(Rsa("rsa", null)),
            "n" => n,
            "n as text" => Encoding.ASCII.GetBytes(Base64UrlEncoder.Encode(n)),
            "empty" => [],
            _ => "secret"u8.ToArray(),
        };
        var claims = FakeIssuer.GoodClaims(TimeProvider.System.GetUtcNow());
        claims["iss"] = Issuer;
        foreach (var algorithm in new[] { "HS256", "HS384", "HS512" })
        foreach (var kid in new[] { "rsa", "rsa-rs256" })
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(Hmac.Sign(secret, new Dictionary<string, object?> { ["alg"] = algorithm, ["kid"] = kid, ["typ"] = "at+jwt" }, claims)));
    }

    [Fact]
    public async Task KeyOfAnotherIssuer_VerifiesNothing()
    {
        // Both issuers have a key-1; who signs for the first one with the second one's key is nobody.
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(Token(FakeIssuer.Name, "ES256", "key-1")));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(Token(FakeIssuer.Name, "RS256", "rsa")));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(_first.Token(c => c["iss"] = Issuer)));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(_first.Token()));
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _backend.DisposeAsync();
        await _documents.DisposeAsync();
        await _first.DisposeAsync();
        _rsa.Dispose();
        _weak.Dispose();
        _p384.Dispose();
        _p256.Dispose();
    }

    private static string Certificate(RSA key)
    {
        using var certificate = new CertificateRequest("CN=weak", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        return Convert.ToBase64String(certificate.RawData);
    }

    private string Token(string issuer, string algorithm, string kid, Func<byte[], byte[]>? sign = null)
    {
        var claims = FakeIssuer.GoodClaims(TimeProvider.System.GetUtcNow());
        claims["iss"] = issuer;
        var header = JsonSerializer.Serialize(new { alg = algorithm, kid, typ = "at+jwt" });
        var input = $"{Base64UrlEncoder.Encode(header)}.{Base64UrlEncoder.Encode(JsonSerializer.Serialize(claims))}";
        return $"{input}.{Base64UrlEncoder.Encode((sign ?? (bytes => Sign(algorithm, bytes)))(Encoding.ASCII.GetBytes(input)))}";
    }

    private byte[] Sign(string algorithm, byte[] input) => algorithm switch
    {
        "RS256" => _rsa.SignData(input, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
        "RS384" => _rsa.SignData(input, HashAlgorithmName.SHA384, RSASignaturePadding.Pkcs1),
        "RS512" => _rsa.SignData(input, HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1),
        "PS256" => _rsa.SignData(input, HashAlgorithmName.SHA256, RSASignaturePadding.Pss),
        "ES384" => _p384.SignData(input, HashAlgorithmName.SHA384),
        _ => _p256.SignData(input, HashAlgorithmName.SHA256),
    };

    private string Rsa(string kid, string? alg)
    {
        var p = _rsa.ExportParameters(false);
        var algorithm = alg is null ? "" : $"\"alg\":\"{alg}\",";
        return $$"""{"kty":"RSA",{{algorithm}}"kid":"{{kid}}","n":"{{Base64UrlEncoder.Encode(p.Modulus)}}","e":"{{Base64UrlEncoder.Encode(p.Exponent)}}"}""";
    }

    private static string Ec(ECDsa key, string kid, string curve)
    {
        var q = key.ExportParameters(false).Q;
        return $$"""{"kty":"EC","crv":"{{curve}}","kid":"{{kid}}","x":"{{Base64UrlEncoder.Encode(q.X)}}","y":"{{Base64UrlEncoder.Encode(q.Y)}}"}""";
    }

    private async Task<HttpStatusCode> StatusAsync(string token)
    {
        using var client = Client.For(_gateway.Address);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/echo/x") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }
}
