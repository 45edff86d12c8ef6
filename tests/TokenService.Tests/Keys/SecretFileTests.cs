using System.Runtime.Versioning;
using System.Security.Cryptography;
using FrontDoor.TestKit;
using FrontDoor.TokenService.Commands;
using FrontDoor.TokenService.Keys;
using Xunit;

namespace FrontDoor.TokenService.Tests.Keys;

[UnsupportedOSPlatform("windows")]
public sealed class SecretFileTests : IDisposable
{
    private const string Good = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="; // 32 bytes

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("HS256", 32)]
    [InlineData("HS384", 48)]
    [InlineData("HS512", 64)]
    public void NewSecret_HasTheLengthOfItsHashAndIsReadBack(string algorithm, int bytes)
    {
        var (secret, other) = (HmacSecret.Create(algorithm), HmacSecret.Create(algorithm));
        Assert.Equal(bytes, Convert.FromBase64String(secret.Secret).Length);
        Assert.NotEqual((secret.Kid, secret.Secret), (other.Kid, other.Secret));

        var path = _folder.File("secrets.json");
        new SecretFile(secret, Next: other).Write(path);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Equal(new SecretFile(secret, other), SecretFile.Read(path));
    }

    [Theory]
    [InlineData("HS256", 31)]
    [InlineData("HS384", 47)]
    [InlineData("HS512", 63)]
    public void ShortSecret_IsRefused(string algorithm, int bytes)
    {
        var secret = Convert.ToBase64String(RandomNumberGenerator.GetBytes(bytes));
        var fault = Fault($$$"""{"current":{"kid":"a","alg":"{{{algorithm}}}","secret":"{{{secret}}}"}}""");
        Assert.EndsWith($": current: secret has {bytes} bytes; {algorithm} needs at least {bytes + 1}", fault, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", "is not a secret file")]
    [InlineData("null", "is not a secret file")]
    [InlineData("", "is not a secret file")]
    [InlineData(Good, "is not a secret file (line 1)")]
    [InlineData("""{"current":null}""", "is not a secret file")]
    [InlineData("""{"current":{"kid":"a","alg":"HS256"}}""", "is not a secret file")]
    [InlineData("{\"current\":\n{\"kid\":\"a\",\"alg\":\"HS256\",\"secret\":\"" + Good + "\",\"nxt\":1}}", "is not a secret file (line 2)")]
    [InlineData("""{"current":{"kid":"a","kid":"b","alg":"HS256","secret":"x"}}""", "is not a secret file")]
    [InlineData("""{"current":{"kid":"","alg":"HS256","secret":"x"}}""", "current: kid must be 1 to 64 visible ASCII characters")]
    [InlineData("""{"current":{"kid":"a b","alg":"HS256","secret":"x"}}""", "current: kid must be 1 to 64 visible ASCII characters")]
    [InlineData("""{"current":{"kid":"a","alg":"ES256","secret":"x"}}""", "current: alg is 'ES256'; legal values are HS256, HS384, HS512")]
    [InlineData("""{"current":{"kid":"a","alg":"HS256","secret":"not base64!"}}""", "current: secret is not Base64")]
    [InlineData("""{"current":{"kid":"a","alg":"HS256","secret":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="},"next":{"kid":"b","alg":"HS256","secret":""}}""", "next: secret has 0 bytes")]
    [InlineData("""{"current":{"kid":"a","alg":"HS256","secret":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="},"previous":{"kid":"a","alg":"HS256","secret":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}}""", "two secrets have the same kid")]
    public void OtherContent_IsRefusedWithoutQuotingIt(string content, string fault)
    {
        Assert.Contains(fault, Fault(content), StringComparison.Ordinal);
        Assert.DoesNotContain(Good, Fault(content), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    public void FileOthersCanRead_IsRefusedWithTheRemedy(UnixFileMode others)
    {
        var path = _folder.WriteSecrets("secrets.json", "a:HS256");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | others);
        Assert.Equal(
            $"Secret file {path} can be read by other users of this machine. Run: chmod 600 '{path}'",
            Assert.Throws<StartupFaultException>(() => SecretFile.Read(path)).Message);
    }

    [Fact]
    public void Settings_AreCheckedWithTheFile()
    {
        var (path, absent) = (_folder.WriteSecrets("secrets.json", "a:HS256", next: "b:HS512"), _folder.File("absent"));
        Assert.Empty(Faults(new KeyOptions { Algorithm = "HS256", SecretFile = path }));
        Assert.Empty(Faults(new KeyOptions { Algorithm = "ES256", SecretFile = path }));
        Assert.Equal([$"Keys:SecretFile: {path}: current is for HS256, Keys:Algorithm is HS512. Change one of them"], Faults(new KeyOptions { Algorithm = "HS512", SecretFile = path }));
        Assert.Equal(["Keys:SecretFile is missing; HS384 needs one. Make it with: keys new-secret FILE --algorithm HS384"], Faults(new KeyOptions { Algorithm = "HS384" }));
        Assert.Equal([$"Keys:SecretFile: {absent} does not exist. Make it with: keys new-secret '{absent}'"], Faults(new KeyOptions { SecretFile = absent }));
    }

    [Fact]
    public void SecretInALogLine_IsOnlyNamed() => Assert.Equal("HS256 a", $"{new HmacSecret("a", "HS256", Good)}");

    private string Fault(string content) => Assert.Throws<StartupFaultException>(() => SecretFile.Read(_folder.WritePrivate("secrets.json", content))).Message;

    private static IEnumerable<string> Faults(KeyOptions options) => new KeyOptionsValidator().Validate(null, options).Failures ?? [];
}
