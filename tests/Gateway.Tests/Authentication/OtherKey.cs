using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace FrontDoor.Gateway.Tests.Authentication;

/// <summary>A key that signed nothing here.</summary>
internal sealed class OtherKey(string kid = "other") : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    /// <summary>Its published entry.</summary>
    public string Jwk
    {
        get
        {
            var q = _key.ExportParameters(includePrivateParameters: false).Q;
            return $$"""{"kty":"EC","crv":"P-256","use":"sig","alg":"ES256","kid":"{{kid}}","x":"{{Base64UrlEncoder.Encode(q.X)}}","y":"{{Base64UrlEncoder.Encode(q.Y)}}"}""";
        }
    }

    public void Dispose() => _key.Dispose();
}
