using System.Security.Cryptography;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.TokenService.Tests.Commands;

public sealed class StorageCommandsTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task EmptyDatabase_LacksMigrationsUntilMigrate()
    {
        var before = await RunAsync("check");
        Assert.Equal((1, ""), (before.ExitCode, before.Output));
        Assert.Matches(@"^token-service: The database lacks \d+ migration\(s\) \(.+\); run: migrate$", Assert.Single(before.Errors));

        Assert.Equal("The database is up to date\n", (await RunAsync("migrate")).Succeeded());
        Assert.Equal("The database is up to date\n", (await RunAsync("migrate")).Succeeded());
        Assert.Equal("Configuration, database and 0 key(s) are in order\n", (await RunAsync("check")).Succeeded());
    }

    [Fact]
    public async Task OtherEncryptionKey_IsFoundByCheck()
    {
        await using (TokenServiceApp.Start(folder: _folder))
            Assert.Equal("Configuration, database and 1 key(s) are in order\n", (await RunAsync("check")).Succeeded());

        await File.WriteAllTextAsync(_folder.File("data/encryption.key"), Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)), TestContext.Current.CancellationToken);
        var check = await RunAsync("check");
        Assert.Equal((1, ""), (check.ExitCode, check.Output));
        Assert.Matches(
            "^token-service: Signing key [A-Za-z0-9_-]+ in the database cannot be decrypted with .+encryption.key. Restore the encryption key that was in use when it was made.$",
            Assert.Single(check.Errors));
    }

    [Fact]
    public async Task BadSettings_AreAllReported()
    {
        _folder.Write("appsettings.json", """{"Users":{"HashIterations":5},"Keys":{"Algorithm":"none"}}""");
        var check = await RunAsync("check");
        Assert.Equal(1, check.ExitCode);
        Assert.Equal(
            ["token-service: Keys:Algorithm is 'none'; legal values are ES256, ES384, RS256, PS256, HS256, HS384, HS512", "token-service: Users:HashIterations is 5; at least 100000 are needed"],
            check.Errors.Order());
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("users", "--help")]
    [InlineData("keys", "rotate", "--help")]
    public async Task Help_IsNoFault(params string[] arguments) => Assert.Contains("Usage:", (await RunAsync(arguments)).Succeeded(), StringComparison.Ordinal);

    [Theory]
    [InlineData("users")]
    [InlineData("users", "paint", "alice")]
    [InlineData("keys", "revoke")]
    public async Task IncompleteCommand_Fails(params string[] arguments)
    {
        var result = await RunAsync(arguments);
        Assert.Equal(1, result.ExitCode);
        Assert.NotEmpty(result.Errors);
    }

    private Task<CommandResult> RunAsync(params string[] arguments) => ServiceProcess.CommandAsync(_folder, "", arguments);
}
