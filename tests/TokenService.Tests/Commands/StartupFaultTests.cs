using System.Net;
using System.Net.Sockets;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.TokenService.Tests.Commands;

/// <summary>What its reader can mend stops a start with exit code 1 and one line per fault, without a stack trace.</summary>
public sealed class StartupFaultTests : IDisposable
{
    private const string AnyPort = "--Kestrel:Endpoints:Http:Url=http://127.0.0.1:0";

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task PortInUse_IsOneLine()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var address = $"http://127.0.0.1:{((IPEndPoint)taken.LocalEndpoint).Port}";
        await AssertFaultsAsync([$"--Kestrel:Endpoints:Http:Url={address}"], $"Failed to bind to address {address}: address already in use.");
    }

    [Fact]
    public Task FaultsOfAllSections_AreReportedTogether() => AssertFaultsAsync(
        [AnyPort, "--Storage:Provider=Oracle", "--AccessTokens:Issuer=x", "--AccessTokens:Lifetime=02:00:00", "--RefreshTokens:Grace=00:02:00", "--Users:HashIterations=5"],
        "Storage:Provider is 'Oracle'; legal values are Sqlite and PostgreSql",
        "Users:HashIterations is 5; at least 100000 are needed",
        "AccessTokens:Issuer is 'x'; it must be an http(s) address without query, fragment or trailing slash",
        "AccessTokens:Lifetime is 02:00:00; it must be from 00:00:01 to 01:00:00",
        "RefreshTokens:Grace is 00:02:00; it must be from 00:00:00 to 00:01:00");

    [Theory]
    [InlineData("http://*:8094")]
    [InlineData("http://[::]:8094")]
    [InlineData("http://10.0.0.1:8094")]
    public Task PublicManagementListener_IsRefused(string url) => AssertFaultsAsync(
        [AnyPort, $"--Kestrel:Endpoints:Management:Url={url}"],
        $"Kestrel:Endpoints:Management:Url is {url}; management has no authentication, so it must be on a loopback address");

    [Fact]
    public Task ValueOfTheWrongKind_NamesItsPath() => AssertFaultsAsync(
        [AnyPort, "--AccessTokens:Lifetime=soon"],
        "Failed to convert configuration value 'soon' at 'AccessTokens:Lifetime' to type 'System.TimeSpan'.");

    [Fact]
    public async Task BrokenConfigurationFile_NamesTheFile()
    {
        var file = _folder.Write("appsettings.json", "{ \"AccessTokens\": ");
        var line = Assert.Single(await FaultsAsync([AnyPort]));
        Assert.StartsWith($"token-service: Failed to load configuration from file '{file}'. ", line, StringComparison.Ordinal);
        Assert.Contains("LineNumber: 0", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DatabaseThatDoesNotAnswer_IsNamed()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        var port = ((IPEndPoint)free.LocalEndpoint).Port;
        free.Stop();
        await AssertFaultsAsync(
            [AnyPort, "--Storage:Provider=PostgreSql", $"--Storage:ConnectionString=Host=127.0.0.1;Port={port};Username=u;Password=hunter2"],
            $"The database cannot be reached or used: Failed to connect to 127.0.0.1:{port}");
    }

    [Fact]
    public async Task WeakSeedPassword_NamesTheUser() => await AssertFaultsAsync(
        [AnyPort, $"--Users:Seed:bob:PasswordFile={_folder.Write("pw", "short\n")}"], "Users:Seed:bob: Passwords must be at least 8 characters.");

    [Fact]
    public async Task DataDirectoryThatIsAFile_IsNamed()
    {
        var file = _folder.Write("file", "");
        var line = Assert.Single(await FaultsAsync([AnyPort, $"--Storage:DataDirectory={file}"]));
        Assert.Contains($"'{file}'", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EncryptionKeyThatIsMissing_IsNamed()
    {
        var file = _folder.File("absent");
        await AssertFaultsAsync([AnyPort, $"--Keys:EncryptionKeyFile={file}"], $"Keys:EncryptionKeyFile names a file that does not exist: {file}");
    }

    [Fact]
    public async Task EncryptionKeyOthersCanRead_IsNamedWithTheRemedy()
    {
        if (OperatingSystem.IsWindows()) return;
        var file = _folder.WritePrivate("key", Convert.ToBase64String(new byte[32]));
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        await AssertFaultsAsync([AnyPort, $"--Keys:EncryptionKeyFile={file}"], $"Encryption key {file} can be read by other users of this machine. Run: chmod 600 '{file}'");
    }

    [Fact]
    public async Task KeysOfAnotherEncryptionKey_AreNamedWithTheRemedy()
    {
        await TokenServiceApp.Start(folder: _folder).DisposeAsync();
        var file = _folder.WritePrivate("other", Convert.ToBase64String(new byte[32]));
        var line = Assert.Single(await FaultsAsync([AnyPort, $"--Storage:DataDirectory={_folder.File("data")}", $"--Keys:EncryptionKeyFile={file}"]));
        Assert.EndsWith($"cannot be decrypted with {file}. Restore the encryption key that was in use when it was made.", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FaultsOfKeyFiles_AreReportedTogether()
    {
        var secrets = _folder.WritePrivate("secrets.json", "{}");
        await AssertFaultsAsync(
            [AnyPort, "--Keys:Algorithm=HS256", $"--Keys:SecretFile={secrets}", "--FormerIssuers:django:UserClaim=id"],
            $"Keys:SecretFile: {secrets} is not a secret file (line 1). It is JSON with current, next and previous, each with kid, alg and secret; make one with: keys new-secret",
            "FormerIssuers:django:Until is missing; name the date after which its tokens are refused, e.g. 2027-01-31T00:00:00Z",
            "FormerIssuers:django needs exactly one of SigningKeyFile, JwksFile, JwksAddress and MetadataAddress");
    }

    private async Task AssertFaultsAsync(string[] arguments, params string[] faults) =>
        Assert.Equal(faults.Select(f => $"token-service: {f}").Order(), (await FaultsAsync(arguments)).Order());

    private async Task<string[]> FaultsAsync(string[] arguments)
    {
        var (exitCode, errors) = await ServiceProcess.RunAsync(_folder, arguments);
        Assert.True(exitCode == 1, $"{exitCode}: {string.Join('\n', errors)}");
        return errors;
    }
}
