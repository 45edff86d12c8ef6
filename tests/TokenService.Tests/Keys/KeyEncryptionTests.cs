using System.Runtime.Versioning;
using System.Security.Cryptography;
using FrontDoor.TestKit;
using FrontDoor.TokenService.Commands;
using FrontDoor.TokenService.Keys;
using FrontDoor.TokenService.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Options;
using Xunit;

namespace FrontDoor.TokenService.Tests.Keys;

[UnsupportedOSPlatform("windows")]
public sealed class KeyEncryptionTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(138);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Sealed_OpensToTheSame()
    {
        var encryption = Encryption();
        var envelope = encryption.Seal(_secret, "kid");
        Assert.Equal(_secret, encryption.Open(envelope, "kid"));
        Assert.Equal(_secret, Encryption().Open(envelope, "kid"));
        Assert.NotEqual(envelope, encryption.Seal(_secret, "kid"));
        Assert.Equal(-1, envelope.AsSpan().IndexOf(_secret.AsSpan(0, 16)));
    }

    [Fact]
    public void OtherKid_IsRefused()
    {
        var envelope = Encryption().Seal(_secret, "kid");
        AssertCannotOpen(envelope, "dik");
    }

    [Fact]
    public void EveryChangedByte_IsRefused()
    {
        var envelope = Encryption().Seal(_secret, "kid");
        for (var i = 0; i < envelope.Length; i++)
        {
            byte[] changed = [.. envelope];
            changed[i] ^= 0x80;
            AssertCannotOpen(changed, "kid");
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(27)]
    [InlineData(28)]
    [InlineData(100)]
    public void CutEnvelope_IsRefused(int length) => AssertCannotOpen(Encryption().Seal(_secret, "kid")[..length], "kid");

    [Fact]
    public void GeneratedKeyFile_IsForItsOwnerAlone()
    {
        Encryption().Seal(_secret, "kid");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(KeyFile));
        Assert.Equal(32, Convert.FromBase64String(File.ReadAllText(KeyFile)).Length);
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder.File("data")));
    }

    [Fact]
    public async Task ManyThatMakeTheKeyAtOnce_AllHaveTheOneOnDisk()
    {
        for (var round = 0; round < 20; round++)
        {
            var makers = Enumerable.Range(0, 8).Select(_ => Encryption()).ToArray();
            File.Delete(KeyFile);
            using var start = new Barrier(makers.Length);
            // Threads of their own, so that all come to the barrier.
            var sealing = makers.Select(maker => Task.Factory.StartNew(
                () =>
                {
                    start.SignalAndWait(TestContext.Current.CancellationToken);
                    return maker.Seal(_secret, "kid");
                }, TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default));
            var envelopes = await Task.WhenAll(sealing);

            Assert.All(envelopes, envelope => Assert.Equal(_secret, Encryption().Open(envelope, "kid")));
            Assert.Equal([KeyFile], Directory.GetFiles(_folder.File("data")));
        }
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.GroupRead | UnixFileMode.OtherRead | UnixFileMode.GroupWrite)]
    public void KeyFileOthersCanRead_IsRefusedWithTheRemedy(UnixFileMode others)
    {
        Encryption().Seal(_secret, "kid");
        File.SetUnixFileMode(KeyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite | others);
        Assert.EndsWith($"Run: chmod 600 '{KeyFile}'", Fault(() => Encryption().Seal(_secret, "kid")), StringComparison.Ordinal);
    }

    // Whoever can put a key of their own there can have everything sealed under it.
    [Theory]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void KeyFileOthersCanWriteTo_IsRefusedWithTheRemedy(UnixFileMode others)
    {
        Encryption().Seal(_secret, "kid");
        File.SetUnixFileMode(KeyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite | others);
        Assert.Equal($"Encryption key {KeyFile} can be written by other users of this machine. Run: chmod 600 '{KeyFile}'", Fault(() => Encryption().Seal(_secret, "kid")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("not base64!")]
    [InlineData("c2hvcnQ=")]
    [InlineData("MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMw==")] // 34 bytes
    public void OtherContent_IsRefusedWithTheRemedy(string content)
    {
        var file = SecretFile(content);
        var fault = Fault(() => Encryption(file).Seal(_secret, "kid"));
        Assert.Contains(file, fault, StringComparison.Ordinal);
        Assert.EndsWith("Make one with: openssl rand -base64 32", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void ConfiguredFile_MayEndWithALineBreak()
    {
        var file = SecretFile(Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)) + "\n");
        Assert.Equal(_secret, Encryption(file).Open(Encryption(file).Seal(_secret, "kid"), "kid"));
        Assert.False(File.Exists(KeyFile));
    }

    [Fact]
    public void ConfiguredFileThatIsMissing_IsRefusedAndNotMade()
    {
        var file = _folder.File("absent");
        Assert.Equal($"Keys:EncryptionKeyFile names a file that does not exist: {file}", Fault(() => Encryption(file).Seal(_secret, "kid")));
        Assert.False(File.Exists(file));
    }

    [Fact]
    public async Task PrivateKeyInTheDatabase_IsSealed()
    {
        await using var app = TokenServiceApp.Start();
        var key = await app.QueryAsync(db => db.SigningKeys.SingleAsync());
        using var ecdsa = ECDsa.Create();
        Assert.ThrowsAny<CryptographicException>(() => ecdsa.ImportPkcs8PrivateKey(key.SealedPrivateKey, out _));
        Assert.ThrowsAny<CryptographicException>(() => ecdsa.ImportPkcs8PrivateKey(key.SealedPrivateKey.AsSpan(28), out _));
        Assert.Equal("ES256", key.Algorithm);
    }

    private string KeyFile => _folder.File("data/encryption.key");

    private static string Fault(Action act) => Assert.Throws<StartupFaultException>(act).Message;

    private string SecretFile(string content)
    {
        var file = _folder.Write("secret", content);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return file;
    }

    private KeyEncryption Encryption(string? file = null) => new(
        Options.Create(new KeyOptions { EncryptionKeyFile = file }),
        new DataDirectory(Options.Create(new StorageOptions { DataDirectory = _folder.File("data") }), new HostingEnvironment { ContentRootPath = _folder.FullPath }));

    private void AssertCannotOpen(byte[] envelope, string kid) => Assert.Equal(
        $"Signing key {kid} in the database cannot be decrypted with {KeyFile}. Restore the encryption key that was in use when it was made.",
        Fault(() => Encryption().Open(envelope, kid)));
}
