using System.Collections.Concurrent;
using System.Globalization;
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
        var (one, two) = await StartTwoAsync();
        using var first = one;
        using var second = two;
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

    [Fact]
    public async Task OneKilledUnderLoad_EverySessionGoesOnAtTheOtherAndNoneForks()
    {
        const int Sessions = 16;
        var (one, two) = await StartTwoAsync();
        using var killed = one;
        using var survivor = two;
        TokenClient[] clients = [new(await one.ListensAsync()), new(await two.ListensAsync())];
        var pairs = await Task.WhenAll(Enumerable.Range(0, Sessions).Select(i => clients[i % 2].ObtainAsync()));
        // Of each session and rotation, the ids of the refresh tokens that were answered.
        var seen = new ConcurrentDictionary<(string? Session, string? Counter), ConcurrentBag<string?>>();
        var (before, retried, done, dead) = (0, 0, 0, false);

        var chains = pairs.Select(async (pair, i) =>
        {
            var (token, after) = (pair.Refresh, 0);
            for (var turn = i; after < 20; turn++)
            {
                var counter = long.Parse(Jwt.Claim(token, "ctr")!, CultureInfo.InvariantCulture);
                Reply answer;
                try
                {
                    // Twice at once, as two tabs of one browser do, at different nodes while there are two.
                    var both = await Task.WhenAll(AskAsync(clients[Volatile.Read(ref dead) ? 1 : turn % 2], token), AskAsync(clients[1], token));
                    answer = both[turn % 2];
                }
                catch (HttpRequestException)
                {
                    // Nobody knows whether this one was rotated.
                    Assert.True(Volatile.Read(ref dead));
                    Interlocked.Increment(ref retried);
                    answer = await AskAsync(clients[1], token);
                }

                Assert.Equal($"{counter + 1}", Jwt.Claim(answer.Refresh, "ctr"));
                token = answer.Refresh;
                if (Volatile.Read(ref dead)) after++;
                else Interlocked.Increment(ref before);
            }

            Interlocked.Increment(ref done);
        }).ToArray();

        await Until.TrueAsync(() => Volatile.Read(ref before) > 10 * Sessions || chains.Any(c => c.IsFaulted), "the sessions are being refreshed");
        Volatile.Write(ref dead, true);
        one.Dispose(); // kills it
        await Task.WhenAll(chains);
        Assert.Equal(Sessions, done);
        Assert.All(seen, rotation => Assert.Single(rotation.Value.Distinct()));
        foreach (var client in clients) client.Dispose();

        async Task<Reply> AskAsync(TokenClient client, string token)
        {
            var answer = (await client.RefreshAsync(token)).Succeeded();
            seen.GetOrAdd((Jwt.Claim(answer.Refresh, "sid"), Jwt.Claim(answer.Refresh, "ctr")), _ => []).Add(Jwt.Claim(answer.Refresh, "jti"));
            return answer;
        }
    }

    private async Task<(ServiceProcess One, ServiceProcess Two)> StartTwoAsync()
    {
        var database = await server.NewDatabaseAsync();
        var keyFile = _folder.Write("encryption.key", Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(keyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return (Start(database, keyFile), Start(database, keyFile));
    }

    private ServiceProcess Start(string database, string keyFile) => ServiceProcess.Start(
        _folder,
        "--Kestrel:Endpoints:Http:Url=http://127.0.0.1:0",
        "--Storage:Provider=PostgreSql",
        $"--Storage:ConnectionString={database}",
        $"--Keys:EncryptionKeyFile={keyFile}",
        "--Users:HashIterations=100000",
        "--RefreshTokens:Grace=00:01:00",
        $"--Users:Seed:alice:PasswordFile={_folder.Write("password", TokenServiceApp.Password)}");
}
