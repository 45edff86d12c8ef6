using System.Text;
using FrontDoor.TokenService.Commands;
using FrontDoor.TokenService.Keys;
using Microsoft.IdentityModel.Tokens;

namespace FrontDoor.TokenService.FormerIssuers;

/// <summary>The verification keys of a former issuer and the algorithms of their kind: HMAC or asymmetric, never both (RFC 8725 section 3.1).</summary>
internal sealed record FormerKeys(IReadOnlyList<SecurityKey> All, IReadOnlyList<string> Algorithms)
{
    private static readonly string[] Asymmetric = ["ES256", "ES384", "ES512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512"];

    /// <summary>The keys that a token with this <c>kid</c> is checked by.</summary>
    public IEnumerable<SecurityKey> For(string? kid) => string.IsNullOrEmpty(kid) ? All.Count == 1 ? All : [] : All.Where(k => k.KeyId == kid);

    /// <exception cref="StartupFaultException">The file is missing, readable by others, short, or no key set.</exception>
    public static FormerKeys Read(FormerIssuerOptions issuer) => issuer.SigningKeyFile is { } file ? ReadSigningKey(file) : ReadSet(issuer.JwksFile!);

    private static FormerKeys ReadSigningKey(string path)
    {
        if (!File.Exists(path)) throw new StartupFaultException($"SigningKeyFile names a file that does not exist: {path}");
        PrivateFile.RequireOwnerOnly(path, "Signing key");
        var key = Encoding.UTF8.GetBytes(File.ReadAllText(path).TrimEnd('\r', '\n'));
        // RFC 7518 section 3.2: whoever guesses it can be anybody.
        return key.Length >= 32
            ? new([new SymmetricSecurityKey(key)], [SecurityAlgorithms.HmacSha256])
            : throw new StartupFaultException($"Signing key {path} has {key.Length} bytes; HS256 needs at least 32");
    }

    private static FormerKeys ReadSet(string path)
    {
        if (!File.Exists(path)) throw new StartupFaultException($"JwksFile names a file that does not exist: {path}");
        return OfSet(File.ReadAllText(path), path);
    }

    /// <param name="set">The text of a key set (RFC 7517).</param>
    /// <param name="source">Where it is from, for its reader.</param>
    /// <exception cref="StartupFaultException">It is no key set, or has no public key.</exception>
    public static FormerKeys OfSet(string set, string source)
    {
        try
        {
            // GetSigningKeys would take symmetric ones, too: whoever can read a published set could sign (RFC 8725 section 2.1).
            SecurityKey[] keys = [.. new JsonWebKeySet(set).GetSigningKeys().Where(k => k is ECDsaSecurityKey or AsymmetricSecurityKey { KeySize: >= 2048 })];
            return keys.Length > 0 ? new(keys, Asymmetric) : throw new StartupFaultException($"{source} has no public key for signatures");
        }
        catch (ArgumentException)
        {
            throw new StartupFaultException($"{source} is not a key set (RFC 7517)");
        }
    }
}
