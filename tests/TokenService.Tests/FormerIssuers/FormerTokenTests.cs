using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FrontDoor.TestKit;
using FrontDoor.TokenService.FormerIssuers;
using FrontDoor.TokenService.RefreshTokens;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace FrontDoor.TokenService.Tests.FormerIssuers;

/// <summary>What is read as a former issuer's token, and what is not.</summary>
public sealed class FormerTokenTests : IDisposable
{
    private static readonly DateTimeOffset Now = Clocks.Start().GetUtcNow();

    private readonly TestFolder _folder = new();
    private readonly FormerTokenReader _reader;

    public FormerTokenTests() => _reader = Reader(new FormerIssuerOptions { SigningKeyFile = _folder.WritePrivate("key", DjangoTokens.SigningKey), Until = Now.AddDays(7) });

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task SimplejwtsTokens_AreRead()
    {
        var (token, _) = await _reader.ReadAsync(DjangoTokens.Token(Now, user: 17, change: c => c["jti"] = "j"));
        Assert.Equal(new FormerToken("django", "17", "j", IsRefresh: true, Now.AddHours(24).ToUnixTimeMilliseconds()), token);
        (token, _) = await _reader.ReadAsync(DjangoTokens.Token(Now, "access", "6f1c", c => c["jti"] = "j"));
        Assert.Equal(new FormerToken("django", "6f1c", "j", IsRefresh: false, Now.AddHours(1).ToUnixTimeMilliseconds()), token);
    }

    public static readonly TheoryData<string, string> Refused = new()
    {
        { "another key", DjangoTokens.Token(Now, key: DjangoTokens.SigningKey + "x") },
        { "the key cut", DjangoTokens.Token(Now, key: DjangoTokens.SigningKey[..32]) },
        { "an issuer", DjangoTokens.Token(Now, change: c => c["iss"] = "http://localhost:8080") },
        { "an audience", DjangoTokens.Token(Now, change: c => c["aud"] = "front-door") },
        { "no jti", DjangoTokens.Token(Now, change: c => c.Remove("jti")) },
        { "no exp", DjangoTokens.Token(Now, change: c => c.Remove("exp")) },
        { "no token_type", DjangoTokens.Token(Now, change: c => c.Remove("token_type")) },
        { "sliding", DjangoTokens.Token(Now, "sliding") },
        { "no user", DjangoTokens.Token(Now, change: c => c.Remove("user_id")) },
        { "user empty", DjangoTokens.Token(Now, user: "") },
        { "user a list", DjangoTokens.Token(Now, user: new[] { 17 }) },
        { "user a truth value", DjangoTokens.Token(Now, user: true) },
        { "user a fraction", DjangoTokens.Token(Now, user: 17.5) },
        { "junk", "x.y.z" },
        { "empty", "" },
        { "none", "eyJhbGciOiJub25lIn0.e30." },
        { "iss a number", DjangoTokens.Token(Now, change: c => c["iss"] = 5) },
        { "iss a list", DjangoTokens.Token(Now, change: c => c["iss"] = new[] { "x" }) },
        { "claims a list", Raw("{}", "[]") },
        { "claims no JSON", Raw("{\"alg\":\"HS256\"}", "{") },
        { "claims deep", Raw("{\"alg\":\"HS256\"}", $"{{\"x\":{new string('[', 2000)}{new string(']', 2000)}}}") },
        { "header a text", Raw("\"x\"", "{}") },
        { "half a surrogate", Raw("{\"alg\":\"HS256\"}", "{\"iss\":\"\\ud800\"}") },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Token_IsRefused(string why, string token) => Assert.True((await _reader.ReadAsync(token)).Token is null, why);

    [Theory]
    [InlineData("HS384")]
    [InlineData("HS512")]
    public async Task OtherHash_IsRefused(string algorithm)
    {
        var claims = JsonSerializer.Deserialize<Dictionary<string, object?>>(Jwt.Read(DjangoTokens.Token(Now)).Payload)!;
        var token = Hmac.Sign(Encoding.UTF8.GetBytes(DjangoTokens.SigningKey), new Dictionary<string, object?> { ["alg"] = algorithm, ["typ"] = "JWT" }, claims);
        Assert.True(await _reader.ReadAsync(token) is (null, TokenFault.Invalid));
    }

    [Fact]
    public async Task ExpiredToken_IsToldFromAnInvalidOne()
    {
        Assert.Equal(TokenFault.Expired, (await _reader.ReadAsync(DjangoTokens.Token(Now.AddHours(-24)))).Fault);
        Assert.NotNull((await _reader.ReadAsync(DjangoTokens.Token(Now.AddHours(-24).AddSeconds(1)))).Token);
    }

    [Fact]
    public async Task IssuerAndAudience_AreDemandedWhereConfigured()
    {
        var reader = Reader(new FormerIssuerOptions { SigningKeyFile = _folder.File("key"), Until = Now.AddDays(1), Issuer = "https://old.test", Audience = "old" });
        Assert.NotNull((await reader.ReadAsync(DjangoTokens.Token(Now, change: c => (c["iss"], c["aud"]) = ("https://old.test", "old")))).Token);
        Assert.Null((await reader.ReadAsync(DjangoTokens.Token(Now, change: c => (c["iss"], c["aud"]) = ("https://old.test", "new")))).Token);
        Assert.Null((await reader.ReadAsync(DjangoTokens.Token(Now, change: c => c["iss"] = "https://old.test"))).Token);
        Assert.Null((await reader.ReadAsync(DjangoTokens.Token(Now))).Token);
    }

    [Fact]
    public async Task PublicKeys_VerifyByKidOrAloneAndNeverAsASecret()
    {
        using var rsa = RSA.Create(2048);
        var numbers = rsa.ExportParameters(false);
        string Key(string kid) => $$"""{"kty":"RSA","use":"sig","kid":"{{kid}}","n":"{{Base64UrlEncoder.Encode(numbers.Modulus)}}","e":"AQAB"}""";
        var one = Reader(Set($$"""{"keys":[{{Key("a")}}]}"""));
        Assert.NotNull((await one.ReadAsync(Signed(null))).Token);
        Assert.NotNull((await one.ReadAsync(Signed("a"))).Token);
        Assert.Null((await one.ReadAsync(Signed("b"))).Token);
        var two = Reader(Set($$"""{"keys":[{{Key("a")}},{{Key("b")}},{"kty":"oct","kid":"c","k":"{{Base64UrlEncoder.Encode(Hmac.KeyOf("c"))}}"}]}"""));
        Assert.Null((await two.ReadAsync(Signed(null))).Token);
        Assert.NotNull((await two.ReadAsync(Signed("b"))).Token);
        var claims = JsonSerializer.Deserialize<Dictionary<string, object?>>(Jwt.Read(DjangoTokens.Token(Now)).Payload)!;
        Assert.Null((await two.ReadAsync(Hmac.Sign(Hmac.KeyOf("c"), new Dictionary<string, object?> { ["alg"] = "HS256", ["kid"] = "c" }, claims))).Token);
        Assert.Null((await one.ReadAsync(Hmac.Sign(Encoding.ASCII.GetBytes(rsa.ExportSubjectPublicKeyInfoPem()), new Dictionary<string, object?> { ["alg"] = "HS256" }, claims))).Token);

        string Signed(string? kid)
        {
            var header = kid is null ? """{"alg":"RS256","typ":"JWT"}""" : $$"""{"alg":"RS256","typ":"JWT","kid":"{{kid}}"}""";
            var input = $"{Base64UrlEncoder.Encode(header)}.{DjangoTokens.Token(Now).Split('.')[1]}";
            return $"{input}.{Base64UrlEncoder.Encode(rsa.SignData(Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
        }
    }

    [Fact]
    public void Faults_AreNamedWithTheirPath()
    {
        var key = _folder.File("key");
        var shared = _folder.Write("shared", DjangoTokens.SigningKey);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(shared, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        Assert.Empty(Faults(new() { SigningKeyFile = key, Until = Now }));
        Assert.Equal(["FormerIssuers:django:Until is missing; name the date after which its tokens are refused, e.g. 2027-01-31T00:00:00Z"], Faults(new() { SigningKeyFile = key }));
        Assert.Equal(["FormerIssuers:django:UserClaim is empty"], Faults(new() { SigningKeyFile = key, Until = Now, UserClaim = "" }));
        Assert.Equal(["FormerIssuers:django needs exactly one of SigningKeyFile, JwksFile, JwksAddress and MetadataAddress"], Faults(new() { Until = Now }));
        Assert.Equal(["FormerIssuers:django needs exactly one of SigningKeyFile, JwksFile, JwksAddress and MetadataAddress"], Faults(new() { SigningKeyFile = key, JwksFile = key, Until = Now }));
        Assert.Equal([$"FormerIssuers:django: Signing key {shared} can be read by other users of this machine. Run: chmod 600 '{shared}'"], Faults(new() { SigningKeyFile = shared, Until = Now }));
        Assert.Equal([$"FormerIssuers:django: SigningKeyFile names a file that does not exist: {key}x"], Faults(new() { SigningKeyFile = key + "x", Until = Now }));
        Assert.Equal([$"FormerIssuers:django: JwksFile names a file that does not exist: {key}x"], Faults(new() { JwksFile = key + "x", Until = Now }));
        Assert.Equal([$"FormerIssuers:django: {key} is not a key set (RFC 7517)"], Faults(new() { JwksFile = key, Until = Now }));
        Assert.Equal([$"FormerIssuers:django: {_folder.File("jwks")} has no public key for signatures"], Faults(Set("""{"keys":[{"kty":"oct","kid":"c","k":"AAAA"}]}""")));
        var short31 = _folder.WritePrivate("short", new string('x', 31) + "\n");
        Assert.Equal([$"FormerIssuers:django: Signing key {short31} has 31 bytes; HS256 needs at least 32"], Faults(new() { SigningKeyFile = short31, Until = Now }));
    }

    private static string Raw(string header, string payload) => $"{Base64UrlEncoder.Encode(header)}.{Base64UrlEncoder.Encode(payload)}.c2ln";

    private FormerIssuerOptions Set(string jwks) => new() { JwksFile = _folder.Write("jwks", jwks), Until = Now.AddDays(1) };

    private static FormerTokenReader Reader(FormerIssuerOptions issuer) => new(
        Options.Create(new FormerIssuersOptions { ["django"] = issuer }), new FormerKeyDocuments(), Clocks.Start(), NullLogger<FormerTokenReader>.Instance);

    private static IEnumerable<string> Faults(FormerIssuerOptions issuer) =>
        new FormerIssuersOptionsValidator().Validate(null, new FormerIssuersOptions { ["django"] = issuer }).Failures ?? [];
}
