using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FrontDoor.TestKit;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace FrontDoor.Gateway.Tests.Authentication;

/// <summary>RFC 8725 section 3.10: a token brings no key and no address of one.</summary>
public sealed class EmbeddedKeyTests(SharedGateway gateway)
{
    [Theory]
    [InlineData("jwk")]
    [InlineData("jku")]
    [InlineData("x5u")]
    [InlineData("x5c")]
    [InlineData("kid")]
    [InlineData("x5t")]
    [InlineData("iss")]
    public async Task TokenWithItsOwnKeyOrAddress_IsRefusedAndNobodyIsAsked(string place)
    {
        await using var trap = await TestServer.StartAsync();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var q = key.ExportParameters(false).Q;
        var header = gateway.Issuer.GoodHeader();
        var claims = FakeIssuer.GoodClaims(TimeProvider.System.GetUtcNow());
        if (place == "iss") claims["iss"] = trap.Address.AbsoluteUri.TrimEnd('/');
        else header[place] = place switch
        {
            "jwk" => new { kty = "EC", crv = "P-256", kid = gateway.Issuer.Kid, x = Base64UrlEncoder.Encode(q.X), y = Base64UrlEncoder.Encode(q.Y) },
            "x5c" => new[] { Convert.ToBase64String(key.ExportSubjectPublicKeyInfo()) },
            _ => new Uri(trap.Address, "/keys").AbsoluteUri,
        };

        var input = $"{Base64UrlEncoder.Encode(JsonSerializer.Serialize(header))}.{Base64UrlEncoder.Encode(JsonSerializer.Serialize(claims))}";
        var signature = Base64UrlEncoder.Encode(key.SignData(Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256));
        using var answer = await gateway.GetAsync(SharedGateway.ProtectedPath(), $"Bearer {input}.{signature}");

        await ProblemAssert.TokenNotValidAsync(answer);
        Assert.Empty(trap.Received);
        Assert.DoesNotContain(gateway.Issuer.Received, r => r.Target is not "/jwks" and not "/.well-known/openid-configuration");
    }
}
