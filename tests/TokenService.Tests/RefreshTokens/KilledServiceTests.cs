using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using FrontDoor.TestKit;
using FrontDoor.TokenService.Tests.Commands;
using Microsoft.Data.Sqlite;
using Xunit;

namespace FrontDoor.TokenService.Tests.RefreshTokens;

/// <summary>A service killed by force (kill -9): what it committed and did not answer is answered after its restart.</summary>
public sealed class KilledServiceTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task KilledBetweenCommitAndAnswer_TheSameTokenGetsTheSuccessorThatWasCommitted()
    {
        Reply pair;
        using (var service = Start())
        {
            var address = await service.ListensAsync();
            using var client = new TokenClient(address);
            pair = await client.ObtainAsync();

            // Sent, never read.
            using var line = new TcpClient();
            await line.ConnectAsync(address.Host, address.Port, TestContext.Current.CancellationToken);
            var body = JsonSerializer.Serialize(new { refresh = pair.Refresh });
            await line.GetStream().WriteAsync(
                Encoding.ASCII.GetBytes($"POST /api/token/refresh/ HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}"),
                TestContext.Current.CancellationToken);
            await Until.TrueAsync(() => State().Counter == 1, "the rotation is committed");
        }

        var (_, jti) = State();
        using var again = Start();
        using var later = new TokenClient(await again.ListensAsync());
        var next = (await later.RefreshAsync(pair.Refresh)).Succeeded();
        Assert.Equal(("1", jti), (Jwt.Claim(next.Refresh, "ctr"), Jwt.Claim(next.Refresh, "jti")));
        Assert.Equal("2", Jwt.Claim((await later.RefreshAsync(next.Refresh)).Refresh, "ctr"));
    }

    [Fact]
    public async Task KilledUnderLoad_EverySessionGoesOn()
    {
        string[] tokens;
        var service = Start();
        using (var client = new TokenClient(await service.ListensAsync()))
        {
            tokens = await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ => (await client.ObtainAsync()).Refresh));
            var refreshes = 0;
            Task[] chains = [.. tokens.Select(async (_, i) =>
            {
                while (true)
                {
                    tokens[i] = (await client.RefreshAsync(tokens[i])).Refresh;
                    Interlocked.Increment(ref refreshes);
                }
            })];
            await Until.TrueAsync(() => Volatile.Read(ref refreshes) > 200, "the sessions are being refreshed");
            service.Dispose(); // kills it
            foreach (var chain in chains) await Assert.ThrowsAnyAsync<HttpRequestException>(() => chain);
        }

        using var again = Start();
        using var later = new TokenClient(await again.ListensAsync());
        foreach (var token in tokens) (await later.RefreshAsync(token)).Succeeded();
    }

    private ServiceProcess Start() => ServiceProcess.Start(
        _folder,
        "--Kestrel:Endpoints:Http:Url=http://127.0.0.1:0",
        "--Users:HashIterations=100000",
        // A slow machine may take longer than the default to start.
        "--RefreshTokens:Grace=00:01:00",
        $"--Users:Seed:alice:PasswordFile={_folder.Write("password", TokenServiceApp.Password)}");

    private (long Counter, string Jti) State()
    {
        using var connection = new SqliteConnection($"Data Source={_folder.File("data/token-service.db")};Pooling=False");
        connection.Open();
        using var command = new SqliteCommand("SELECT Counter, RefreshJti FROM Sessions", connection);
        using var row = command.ExecuteReader();
        Assert.True(row.Read());
        return (row.GetInt64(0), row.GetString(1));
    }
}
