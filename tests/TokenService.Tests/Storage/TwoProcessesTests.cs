using System.Security.Cryptography;
using FrontDoor.TestKit;
using FrontDoor.TokenService.Tests.Commands;
using Xunit;

namespace FrontDoor.TokenService.Tests.Storage;

/// <summary>Two services, each a process of its own, on one PostgreSQL database.</summary>
public sealed class TwoProcessesTests(PostgreSqlServer server) : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task FiftyRefreshesOfOneToken_MakeOneSuccessor_RoundAfterRound()
    {
        var database = await server.NewDatabaseAsync();
        var keyFile = _folder.Write("encryption.key", Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(keyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        using var one = Start(database, keyFile);
        using var two = Start(database, keyFile);
        TokenClient[] clients = [new(await one.ListensAsync()), new(await two.ListensAsync())];

        var current = (await clients[0].ObtainAsync()).Refresh;
        for (var round = 1; round <= 5; round++)
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => clients[i % 2].RefreshAsync(current)));
            Assert.Single(answers.Select(answer => Jwt.Read(answer.Refresh).Payload).Distinct());
            Assert.Single(answers.Select(answer => Jwt.Read(answer.Access).Payload).Distinct());
            current = answers[round].Refresh;
            Assert.Equal($"{round}", Jwt.Claim(current, "ctr"));
        }

        foreach (var client in clients) client.Dispose();
    }

    private ServiceProcess Start(string database, string keyFile) => ServiceProcess.Start(
        _folder,
        "--Kestrel:Endpoints:Http:Url=http://127.0.0.1:0",
        "--Storage:Provider=PostgreSql",
        $"--Storage:ConnectionString={database}",
        $"--Keys:EncryptionKeyFile={keyFile}",
        "--Users:HashIterations=100000",
        $"--Users:Seed:alice:PasswordFile={_folder.Write("password", TokenServiceApp.Password)}");
}
