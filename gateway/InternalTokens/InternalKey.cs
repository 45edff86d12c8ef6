using System.Security.Cryptography;
using System.Text.Json;
using FrontDoor.Gateway.Authentication;
using FrontDoor.Gateway.Configuration;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace FrontDoor.Gateway.InternalTokens;

/// <summary>The key that this gateway signs with. Made when it is first needed.</summary>
internal sealed class InternalKey(CurrentConfig current)
{
    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false };
    private readonly Lock _signing = new();
    private readonly Lazy<SigningCredentials> _credentials = new(() => CredentialsOf(LoadOrCreate(current.Value.InternalTokens.KeyFile)));

    /// <exception cref="KeyFileException">It is readable by others, or not a private key of P-256.</exception>
    public static bool Check(string file)
    {
        using var key = Read(file);
        return true;
    }

    /// <summary>Makes or reads the key now, so that a fault stops the start and not a request.</summary>
    public void Prepare() => _ = _credentials.Value;

    public string Sign(SecurityTokenDescriptor token)
    {
        token.SigningCredentials = _credentials.Value;
        // Whether two threads may use one ECDsa differs between platforms; and a signature serves many requests.
        lock (_signing) return _handler.CreateToken(token);
    }

    /// <summary>The public half as a key set (RFC 7517).</summary>
    public byte[] PublicSet()
    {
        var key = (ECDsaSecurityKey)_credentials.Value.Key;
        var q = key.ECDsa.ExportParameters(includePrivateParameters: false).Q;
        return JsonSerializer.SerializeToUtf8Bytes(new
        {
            keys = new[] { new { kty = "EC", crv = "P-256", use = "sig", alg = SecurityAlgorithms.EcdsaSha256, kid = key.KeyId, x = Base64UrlEncoder.Encode(q.X), y = Base64UrlEncoder.Encode(q.Y) } },
        });
    }

    private static SigningCredentials CredentialsOf(ECDsa key)
    {
        var security = new ECDsaSecurityKey(key);
        security.KeyId = Base64UrlEncoder.Encode(security.ComputeJwkThumbprint());
        return new SigningCredentials(security, SecurityAlgorithms.EcdsaSha256);
    }

    private static ECDsa LoadOrCreate(string? file)
    {
        if (file is null) return ECDsa.Create(ECCurve.NamedCurves.nistP256);
        if (!File.Exists(file)) Create(file);
        return Read(file);
    }

    private static void Create(string file)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var unfinished = $"{file}.{Guid.NewGuid():N}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var writer = new StreamWriter(unfinished, options)) writer.Write(key.ExportPkcs8PrivateKeyPem());
        try
        {
            File.Move(unfinished, file);
        }
        catch (IOException) when (File.Exists(file))
        {
            // Another gateway was first; its key is the key.
            File.Delete(unfinished);
        }
    }

    private static ECDsa Read(string file)
    {
        var text = PrivateFile.Read(file);
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(text);
            if (key.ExportParameters(includePrivateParameters: true).Curve.Oid.Value == ECCurve.NamedCurves.nistP256.Oid.Value) return key;
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            // Told below, without a word of the content.
        }

        key.Dispose();
        throw new KeyFileException($"{file} is not a private key of the curve P-256 in PEM form");
    }
}
