using System.Runtime.Versioning;
using FrontDoor.Gateway.Authentication;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.Authentication;

/// <summary>Which files of secrets the gateway takes; what it says of others holds no secret.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class SecretFileTests : IDisposable
{
    private const string Bytes32 = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void GoodFile_HoldsUpToThreeKeysEachWithItsAlgorithm() => Assert.Equal(
        [("a", "HS256"), ("b", "HS384"), ("c", "HS512")],
        SecretFile.Read(_folder.WriteSecrets("f", "a:HS256", "b:HS384", "c:HS512")).Select(k => (k.Kid, k.Alg)));

    [Theory]
    [InlineData("", "is not a secret file")]
    [InlineData(Bytes32, "is not a secret file (line 1)")]
    [InlineData("{}", "is not a secret file")]
    [InlineData("""{"current":null}""", "is not a secret file")]
    [InlineData("""{"Current":{"kid":"a","alg":"HS256","secret":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}}""", "is not a secret file")]
    [InlineData("""{"current":{"kid":"a","alg":"HS256","secret":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="},"nxt":{}}""", "is not a secret file")]
    [InlineData("""{"current":{"kid":"","alg":"HS256","secret":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}}""", "a secret has an empty kid")]
    [InlineData("""{"current":{"kid":"a","alg":"ES256","secret":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}}""", "a has alg 'ES256'; legal values are HS256, HS384, HS512")]
    [InlineData("""{"current":{"kid":"a","alg":"HS256","secret":"?"}}""", "a: secret is not Base64")]
    [InlineData("""{"current":{"kid":"a","alg":"HS256","secret":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg=="}}""", "a: secret has 31 bytes; HS256 needs at least 32")]
    [InlineData("""{"current":{"kid":"a","alg":"HS384","secret":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}}""", "a: secret has 32 bytes; HS384 needs at least 48")]
    [InlineData("""{"current":{"kid":"a","alg":"HS512","secret":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}}""", "a: secret has 32 bytes; HS512 needs at least 64")]
    [InlineData("""{"current":{"kid":"a","alg":"HS256","secret":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="},"next":{"kid":"a","alg":"HS256","secret":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}}""", "two secrets have the same kid")]
    public void OtherFile_IsRefusedWithoutQuotingIt(string content, string fault)
    {
        var said = PrivateFile.FaultOf(_folder.WritePrivate("f", content), SecretFile.Read);
        Assert.Contains(fault, said, StringComparison.Ordinal);
        Assert.DoesNotContain(Bytes32[..10], said, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_AllowEachAlgorithmOnlyBesideItsKindOfKey()
    {
        var (file, missing) = (_folder.WriteSecrets("f", "a:HS256"), _folder.File("absent"));
        var both = new IssuerOptions { Issuer = "https://issuer.test", Audiences = ["x"], SecretFile = file, MetadataAddress = "http://x.test/" };
        var alone = both with { MetadataAddress = "" };
        Assert.Equal(["ES256", "HS256"], both.EffectiveAlgorithms);
        Assert.Equal(["HS256"], alone.EffectiveAlgorithms);
        Assert.Equal((true, false), (both.FetchesKeys, alone.FetchesKeys));
        Assert.Empty(Faults(both));
        Assert.Empty(Faults(alone));
        Assert.Equal(["Issuers:main:Algorithms has HS512, which needs a SecretFile"], Faults(both with { SecretFile = null, Algorithms = ["HS512"] }));
        Assert.Equal(["Issuers:main:Algorithms has ES256, which beside a SecretFile needs a MetadataAddress"], Faults(alone with { Algorithms = ["ES256", "HS256"] }));
        Assert.Equal(["Issuers:main:SecretFile is of no use; Algorithms has none of HS256, HS384, HS512"], Faults(both with { Algorithms = ["ES256"] }));
        Assert.Equal([$"Issuers:main:SecretFile: {missing} does not exist"], Faults(alone with { SecretFile = missing }));
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        Assert.Equal([$"Issuers:main:SecretFile: {file} can be read by other users of this machine. Run: chmod 600 '{file}'"], Faults(alone));
    }

    [Theory]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void FileThatOthersCanWriteTo_IsAFault(UnixFileMode others)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes");
        var file = _folder.WritePrivate("written.json", "{}");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | others);
        Assert.Equal($"{file} can be written by other users of this machine. Run: chmod 600 '{file}'", PrivateFile.FaultOf(file, SecretFile.Read));
    }

    [Fact]
    public void FormerIssuer_NeedsAnEndAndTakesNothingElse()
    {
        var (file, weak) = (_folder.WritePrivate("key", new string('x', 32) + "\n"), _folder.WritePrivate("weak", new string('x', 31) + "\n"));
        var former = new IssuerOptions { SigningKeyFile = file, Until = DateTimeOffset.UnixEpoch };
        Assert.Empty(Faults(former));
        Assert.Equal(
            ["Issuers:main:Until is missing; a SigningKeyFile needs the date after which its tokens are refused, e.g. 2027-01-31T00:00:00Z"], Faults(former with { Until = null }));
        Assert.Equal(["Issuers:main:UserClaim is empty"], Faults(former with { UserClaim = "" }));
        Assert.Equal([$"Issuers:main:SigningKeyFile: {weak} has 31 bytes; HS256 needs at least 32"], Faults(former with { SigningKeyFile = weak }));
        foreach (var mixed in new[]
        {
            former with { Algorithms = ["HS256"] }, former with { Types = ["JWT"] }, former with { MetadataAddress = "http://x.test/" },
            former with { SecretFile = file }, former with { Revocations = new() { FeedAddress = "http://x.test/", KeyFile = file } },
        })
            Assert.StartsWith("Issuers:main: SecretFile, MetadataAddress, KeysFile, Algorithms, Types, Claims and Revocations do not go with a SigningKeyFile", Assert.Single(Faults(mixed)), StringComparison.Ordinal);
        Assert.Equal(
            "Issuers: a and b have the same Issuer ''",
            Assert.Single(new IssuersOptionsValidator().Validate(null, new IssuersOptions { ["a"] = former, ["b"] = former }).Failures!));
    }

    private static string[] Faults(IssuerOptions issuer) => [.. new IssuersOptionsValidator().Validate(null, new IssuersOptions { ["main"] = issuer }).Failures ?? []];
}
