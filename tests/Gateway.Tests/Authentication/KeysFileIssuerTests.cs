using System.Security.Cryptography;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.Authentication;

/// <summary>An issuer whose public keys this gateway has in a file.</summary>
public sealed class KeysFileIssuerTests : IAsyncLifetime
{
    private const string Claims = """{ "sub": "42", "aud": "x" }""";

    private readonly TestFolder _folder = new();
    private ProviderIssuer _issuer = null!;
    private ProviderIssuer _next = null!;

    public async ValueTask InitializeAsync() => (_issuer, _next) = (await ProviderIssuer.StartAsync("/static"), await ProviderIssuer.StartAsync("/static"));

    [Fact]
    public async Task TokenWithoutKid_IsForTheOnlyKeyThatFits()
    {
        await using var gateway = await StartAsync(_issuer.Pem + "\n" + EcPem());
        Assert.Equal("42", (await gateway.AcceptsAsync(_issuer.Token(Claims, kid: null))).Header("X-Forwarded-User"));
        await gateway.RefusesAsync(_issuer.Token(Claims, kid: "sig"), "a kid that the file does not have");
        Assert.DoesNotContain(gateway.App.Logs.All, l => l.Contains("could not be fetched", StringComparison.Ordinal));
    }

    [Fact]
    public async Task EllipticKeyOfAPemFile_Verifies()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await using var gateway = await StartAsync(key.ExportSubjectPublicKeyInfoPem(), "ES256");
        var now = gateway.Clock.GetUtcNow().ToUnixTimeSeconds();
        var input = $"{Encode("""{"alg":"ES256","typ":"JWT"}""")}.{Encode($$"""{"iss":"{{_issuer.Name}}","sub":"42","aud":"x","iat":{{now}},"exp":{{now + 300}}}""")}";
        var token = $"{input}.{Microsoft.IdentityModel.Tokens.Base64UrlEncoder.Encode(key.SignData(System.Text.Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256))}";
        Assert.Equal("42", (await gateway.AcceptsAsync(token)).Header("X-Forwarded-User"));

        static string Encode(string text) => Microsoft.IdentityModel.Tokens.Base64UrlEncoder.Encode(text);
    }

    [Fact]
    public async Task TokenWithoutKid_IsRefusedWhenTwoKeysFit()
    {
        await using var gateway = await StartAsync(_issuer.Pem + "\n" + _next.Pem);
        await gateway.RefusesAsync(_issuer.Token(Claims, kid: null), "two keys fit");
        var kid = Microsoft.IdentityModel.Tokens.Base64UrlEncoder.Encode(Key(_issuer.Pem).ComputeJwkThumbprint());
        await gateway.AcceptsAsync(_issuer.Token(Claims, kid: kid));
        await gateway.RefusesAsync(_next.Token(Claims, kid: kid, name: _issuer.Name), "the other key");
    }

    [Fact]
    public async Task ChangedFile_IsReadAndASpoiltOneIsNot()
    {
        await using var gateway = await StartAsync(_issuer.Pem);
        var token = _issuer.Token(Claims, kid: null);
        await gateway.AcceptsAsync(token);
        _folder.Write("keys.pem", "spoilt");
        gateway.Clock.Advance(TimeSpan.FromMinutes(1));
        await Until.TrueAsync(() => gateway.App.Logs.All.Any(l => l.Contains("the keys known before stay", StringComparison.Ordinal)), "the fault is reported");
        await gateway.AcceptsAsync(token);

        _folder.Write("keys.pem", EcPem());
        gateway.Clock.Advance(TimeSpan.FromMinutes(1));
        await Until.TrueAsync(() => gateway.App.Logs.All.Count(l => l.Contains("Keys in", StringComparison.Ordinal)) == 2, "the changed file is read");
        await gateway.RefusesAsync(token, "its key is gone");
    }

    public async ValueTask DisposeAsync()
    {
        await _issuer.DisposeAsync();
        await _next.DisposeAsync();
        _folder.Dispose();
    }

    private Task<ClockedGateway> StartAsync(string pem, string algorithm = "RS256") => ClockedGateway.StartAsync(new()
    {
        ["Issuers:static:Issuer"] = _issuer.Name,
        ["Issuers:static:KeysFile"] = _folder.Write("keys.pem", pem),
        ["Issuers:static:Audiences:0"] = "x",
        ["Issuers:static:Types:0"] = "JWT",
        ["Issuers:static:Algorithms:0"] = algorithm,
    });

    private static string EcPem()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return key.ExportSubjectPublicKeyInfoPem();
    }

    private static Microsoft.IdentityModel.Tokens.JsonWebKey Key(string pem)
    {
        using var rsa = RSA.Create();
        rsa.ImportFromPem(pem);
        return Microsoft.IdentityModel.Tokens.JsonWebKeyConverter.ConvertFromRSASecurityKey(new(rsa.ExportParameters(includePrivateParameters: false)));
    }
}
