using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace FrontDoor.TokenService.Keys;

/// <summary>The keys in use: one signs, all verify and are published. Filled before the server listens.</summary>
internal sealed class KeyRing
{
    private sealed record Snapshot(SigningCredentials Current, IReadOnlyList<ECDsaSecurityKey> All, JsonWebKeySet Published);

    private volatile Snapshot? _snapshot;

    /// <summary>Signs new tokens.</summary>
    public SigningCredentials Current => Loaded.Current;

    /// <summary>Verify tokens that this service issued.</summary>
    public IReadOnlyList<SecurityKey> Verification => Loaded.All;

    /// <summary>Public halves only (RFC 7517).</summary>
    public JsonWebKeySet Published => Loaded.Published;

    private Snapshot Loaded => _snapshot ?? throw new InvalidOperationException("The key ring has not been loaded yet");

    /// <param name="keys">Private keys with their kid.</param>
    /// <param name="currentKid">The one that signs.</param>
    public void Load(IReadOnlyList<(string Kid, ECDsa Key)> keys, string currentKid)
    {
        var all = keys.Select(k => new ECDsaSecurityKey(k.Key) { KeyId = k.Kid }).ToArray();
        var published = new JsonWebKeySet();
        foreach (var (kid, key) in keys) published.Keys.Add(Jwk(kid, key));
        _snapshot = new Snapshot(new SigningCredentials(all.Single(k => k.KeyId == currentKid), SecurityAlgorithms.EcdsaSha256), all, published);
    }

    private static JsonWebKey Jwk(string kid, ECDsa key)
    {
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        return new JsonWebKey
        {
            Kty = JsonWebAlgorithmsKeyTypes.EllipticCurve,
            Crv = JsonWebKeyECTypes.P256,
            X = Base64UrlEncoder.Encode(point.X),
            Y = Base64UrlEncoder.Encode(point.Y),
            Kid = kid,
            Use = JsonWebKeyUseNames.Sig,
            Alg = SecurityAlgorithms.EcdsaSha256,
        };
    }
}
