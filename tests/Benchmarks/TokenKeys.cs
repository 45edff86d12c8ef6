using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;

namespace FrontDoor.Benchmarks;

/// <summary>A key of each algorithm, made for this run, and tokens signed by them that every party accepts: ours, HAProxy, PyJWT and Django.</summary>
internal sealed class TokenKeys(string folder)
{
    public const string Audience = "front-door";
    private readonly ECDsa _ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly RSA _rsa = RSA.Create(2048);
    private readonly string _secret = Convert.ToHexString(RandomNumberGenerator.GetBytes(32)).ToLowerInvariant();
    private int _count;

    /// <summary>The text that HS256 signs with; Django's SECRET_KEY in these measurements.</summary>
    public string Secret => _secret;

    /// <summary>The public key as PEM, for HAProxy.</summary>
    public string PemFile(string algorithm) => Path.Combine(folder, $"{algorithm}.pem");

    /// <summary>The public key as a JWKS; for HS256 a secret file, for our gateway.</summary>
    public string KeyFile(string algorithm) => Path.Combine(folder, $"{algorithm}.json");

    /// <summary>Certificate and key of localhost in one PEM file, as HAProxy wants it.</summary>
    public string CertificateFile => Path.Combine(folder, "localhost.pem");

    public string CertificateKeyFile => Path.Combine(folder, "localhost.key");

    /// <summary>The issuer of tokens of this algorithm: one key, one algorithm, one issuer.</summary>
    public static string Issuer(string algorithm) => $"https://{algorithm.ToLowerInvariant()}.bench.example";

    public void Write()
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(PemFile("ES256"), _ec.ExportSubjectPublicKeyInfoPem());
        File.WriteAllText(PemFile("RS256"), _rsa.ExportSubjectPublicKeyInfoPem());
        var (ec, rsa) = (_ec.ExportParameters(false), _rsa.ExportParameters(false));
        WriteSet("ES256", new { kty = "EC", crv = "P-256", x = Encode(ec.Q.X!), y = Encode(ec.Q.Y!), use = "sig", alg = "ES256", kid = "ES256" });
        WriteSet("RS256", new { kty = "RSA", n = Encode(rsa.Modulus!), e = Encode(rsa.Exponent!), use = "sig", alg = "RS256", kid = "RS256" });
        WritePrivate(KeyFile("HS256"), JsonSerializer.Serialize(new { current = new { kid = "HS256", alg = "HS256", secret = Convert.ToBase64String(Encoding.UTF8.GetBytes(_secret)) } }));
        WriteCertificate();
    }

    /// <summary>A token for two hours. Each is another one.</summary>
    public string Token(string algorithm = "ES256", int user = 1)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var id = Interlocked.Increment(ref _count).ToString("x32", CultureInfo.InvariantCulture);
        var header = JsonSerializer.Serialize(new { alg = algorithm, typ = "at+jwt", kid = algorithm });
        var payload = JsonSerializer.Serialize(new
        {
            iss = Issuer(algorithm), aud = Audience, sub = user.ToString(CultureInfo.InvariantCulture), iat = now, exp = now + 7200, jti = id, sid = id,
            token_type = "access", user_id = user.ToString(CultureInfo.InvariantCulture), name = "bench", roles = new[] { "admin" }, scope = "orders:read orders:write",
        });
        var text = $"{Encode(Encoding.UTF8.GetBytes(header))}.{Encode(Encoding.UTF8.GetBytes(payload))}";
        return $"{text}.{Encode(Sign(algorithm, Encoding.ASCII.GetBytes(text)))}";
    }

    public string[] Tokens(int count, string algorithm = "ES256") => [.. ParallelEnumerable.Range(0, count).Select(_ => Token(algorithm))];

    /// <summary>A token whose signature was made by another key of the same kind.</summary>
    public string Forged()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var token = Token();
        var text = token[..token.LastIndexOf('.')];
        return $"{text}.{Encode(other.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256))}";
    }

    private byte[] Sign(string algorithm, byte[] text)
    {
        // Neither kind of key promises to sign on several threads at once.
        switch (algorithm)
        {
            case "HS256": return HMACSHA256.HashData(Encoding.UTF8.GetBytes(_secret), text);
            case "RS256": lock (_rsa) return _rsa.SignData(text, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            case "ES256": lock (_ec) return _ec.SignData(text, HashAlgorithmName.SHA256);
            default: throw new BenchmarkException($"no key for {algorithm}");
        }
    }

    private void WriteSet(string algorithm, object key) => File.WriteAllText(KeyFile(algorithm), JsonSerializer.Serialize(new { keys = new[] { key } }));

    private void WriteCertificate()
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch.AddYears(50), DateTimeOffset.UnixEpoch.AddYears(80));
        WritePrivate(CertificateKeyFile, key.ExportPkcs8PrivateKeyPem());
        WritePrivate(CertificateFile, certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n");
    }

    private static string Encode(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private static void WritePrivate(string file, string text)
    {
        using var stream = new FileStream(file, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
        stream.Write(Encoding.UTF8.GetBytes(text));
    }
}
