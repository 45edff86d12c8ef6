using System.Security.Cryptography;
using FrontDoor.TestKit;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Xunit;

namespace FrontDoor.TokenService.Tests.Storage;

/// <summary>Two token services on one PostgreSQL database, started at the same moment while it was empty.</summary>
public sealed class TwoNodesTests(PostgreSqlServer server) : IAsyncLifetime
{
    private readonly TestFolder _shared = new();
    private readonly TestFolder[] _folders = [new(), new()];
    private TokenServiceApp[] _nodes = [];
    private TokenClient[] _clients = [];

    public async ValueTask InitializeAsync()
    {
        var keyFile = _shared.Write("encryption.key", Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(keyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var database = new NpgsqlConnectionStringBuilder(await server.NewDatabaseAsync());
        var passwordFile = _shared.Write("db-password", database.Password + "\n");
        database.Password = null;

        var settings = new Dictionary<string, string?>
        {
            ["Storage:Provider"] = "PostgreSql",
            ["Storage:ConnectionString"] = database.ConnectionString,
            ["Storage:PasswordFile"] = passwordFile,
            ["Keys:EncryptionKeyFile"] = keyFile,
        };
        _nodes = await Task.WhenAll(_folders.Select(folder => Task.Run(() => TokenServiceApp.Start(settings, folder))));
        _clients = [.. _nodes.Select(node => new TokenClient(node.Address))];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients) client.Dispose();
        foreach (var node in _nodes) await node.DisposeAsync();
        foreach (var folder in _folders) folder.Dispose();
        _shared.Dispose();
    }

    [Fact]
    public async Task StartedTogether_ShareKeysUsersAndSessions()
    {
        Assert.Equal((await _clients[0].GetAsync("/.well-known/jwks.json")).Body, (await _clients[1].GetAsync("/.well-known/jwks.json")).Body);
        Assert.Equal((1, 2), await _nodes[0].QueryAsync(async db => (await db.SigningKeys.CountAsync(), await db.Users.CountAsync())));
        Assert.Equal("""["admin"]""", Jwt.Claim((await _clients[1].ObtainAsync("root")).Access, "roles"));

        var pair = await _clients[0].ObtainAsync();
        (await _clients[1].VerifyAsync(pair.Access)).Is(200, "{}");
        var next = await _clients[1].RefreshAsync(pair.Refresh);
        (await _clients[0].BlacklistAsync(next.Refresh)).Is(200, "{}");
        (await _clients[1].RefreshAsync(next.Refresh)).Is(401, Reply.TokenNotValid("Token is blacklisted"));
    }

    [Fact]
    public async Task FiftyRefreshesSpreadOverBoth_MakeOneSuccessor()
    {
        var pair = await _clients[0].ObtainAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => _clients[i % 2].RefreshAsync(pair.Refresh)));
        Assert.Single(answers.Select(answer => Jwt.Read(answer.Refresh).Payload).Distinct());
        Assert.Single(answers.Select(answer => Jwt.Read(answer.Access).Payload).Distinct());
        (await _clients[1].RefreshAsync(answers[0].Refresh)).Succeeded();
    }
}
