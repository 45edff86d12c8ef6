using System.Text.Json;
using FrontDoor.TestKit;
using FrontDoor.TokenService.Keys;
using Xunit;

namespace FrontDoor.TokenService.Tests.Commands;

public sealed class SecretCommandsTests : IDisposable
{
    private readonly TestFolder _folder = new();

    private string SecretsPath => _folder.File("secrets.json");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Secrets_AreMadeCurrentThenNextThenUsed()
    {
        Assert.StartsWith("Made HS256 ", (await RunAsync("new-secret", SecretsPath)).Succeeded(), StringComparison.Ordinal);
        var first = SecretFile.Read(SecretsPath);
        Assert.Equal(("HS256", null, null), (first.Current.Alg, first.Next, first.Previous));
        (await RunAsync("use-next", SecretsPath)).Failed($"{SecretsPath} has no next secret. Make one: keys new-secret '{SecretsPath}'");

        (await RunAsync("new-secret", SecretsPath, "--algorithm", "HS512")).Succeeded();
        var second = SecretFile.Read(SecretsPath);
        Assert.Equal((first.Current, "HS512"), (second.Current, second.Next!.Alg));
        (await RunAsync("new-secret", SecretsPath)).Failed($"{SecretsPath} has a next secret already. Use it first: keys use-next '{SecretsPath}'");

        (await RunAsync("use-next", SecretsPath)).Succeeded();
        Assert.Equal(new SecretFile(second.Next, Previous: first.Current), SecretFile.Read(SecretsPath));
    }

    [Fact]
    public async Task FileThatIsNoSecretFile_IsNotOverwritten()
    {
        var file = _folder.WritePrivate("notes.txt", "mine");
        Assert.Equal(1, (await RunAsync("new-secret", file)).ExitCode);
        Assert.Equal("mine", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        Assert.NotEqual(0, (await RunAsync("new-secret", SecretsPath, "--algorithm", "none")).ExitCode);
        Assert.False(File.Exists(SecretsPath));
    }

    [Fact]
    public async Task KeyCommands_ShowNoSecretAndSayHowSecretsRotate()
    {
        _folder.WriteSecrets("secrets.json", "a:HS384", next: "b:HS384");
        await using (TokenServiceApp.Start(new Dictionary<string, string?> { ["Keys:Algorithm"] = "HS384", ["Keys:SecretFile"] = SecretsPath }, _folder))
        {
            // Started and stopped: it made the row of its first key.
        }

        _folder.Write("appsettings.json", JsonSerializer.Serialize(new { Keys = new { Algorithm = "HS384", SecretFile = SecretsPath } }));
        var list = (await RunAsync("list")).Succeeded();
        Assert.Matches("(?m)^a +HS384 +current", list);
        Assert.Matches("(?m)^b +HS384 +standby$", list);
        Assert.DoesNotContain(Convert.ToBase64String(Hmac.KeyOf("a"))[..20], list + (await RunAsync("list", "--json")).Succeeded(), StringComparison.Ordinal);
        (await RunAsync("rotate")).Failed(
            $"HMAC secrets rotate by their file: keys new-secret '{SecretsPath}', give it to all services and gateways, then keys use-next '{SecretsPath}', and give it to them again");
        (await RunAsync("revoke", "a")).Failed(
            $"a is the current secret of {SecretsPath}. Make another one current before: keys new-secret '{SecretsPath}', keys use-next '{SecretsPath}'");
        Assert.Equal("Revoked b\n", (await RunAsync("revoke", "b")).Succeeded());
        Assert.Matches("(?m)^b +HS384 +revoked", (await RunAsync("list")).Succeeded());
        (await RunAsync("revoke", "c")).Failed("There is no key c to revoke");
        Assert.Equal("Configuration, database and 2 key(s) are in order\n", (await ServiceProcess.CommandAsync(_folder, "", "check")).Succeeded());
    }

    private Task<CommandResult> RunAsync(params string[] arguments) => ServiceProcess.CommandAsync(_folder, "", ["keys", .. arguments]);
}
