using System.Text.Json;
using FrontDoor.TestKit;
using FrontDoor.TokenService.Tests.Clients;
using FrontDoor.TokenService.Tests.Revocations;
using FrontDoor.TokenService.Tests.Storage;
using Xunit;

namespace FrontDoor.TokenService.Tests.Commands;

/// <summary>The commands beside a service that runs on PostgreSQL. What each of them says and refuses is the same on SQLite and tested there.</summary>
public sealed class PostgreSqlCommandsTests(PostgreSqlCommandsTests.Service service) : IClassFixture<PostgreSqlCommandsTests.Service>
{
    [Fact]
    public async Task UserAndSessionCommands_ChangeWhatTheServiceDoes()
    {
        Assert.Matches("^Added zoe with id [0-9a-f]{32}\n$", (await RunAsync("a new user's password\n", "users", "add", "zoe", "--role", "ops")).Succeeded());
        var users = JsonElement.Parse((await RunAsync("", "users", "list", "--json")).Succeeded()).EnumerateArray();
        Assert.Equal(["alice", "root", "zoe"], users.Select(u => u.GetProperty("userName").GetString()));

        Reply[] pairs = [await SignInAsync(), await SignInAsync()];
        Assert.Equal("""["ops"]""", Jwt.Claim(pairs[0].Access, "roles"));
        var sids = pairs.Select(p => Jwt.Claim(p.Access, "sid")!).ToArray();
        var listed = JsonElement.Parse((await RunAsync("", "sessions", "list", "zoe", "--json")).Succeeded()).EnumerateArray();
        Assert.Equal(sids.Order(), listed.Select(s => s.GetProperty("id").GetString()!).Order());

        await using var feed = await FeedClient.OpenAsync(service.App);
        await feed.NextAsync();
        Assert.Equal($"Ended {sids[0]}\n", (await RunAsync("", "sessions", "end", sids[0])).Succeeded());
        Assert.Equal([$"session:{sids[0]}"], (await feed.NextAsync()).Entries);
        Assert.Equal("Disabled zoe; 1 session(s) ended\n", (await RunAsync("", "users", "disable", "zoe")).Succeeded());
        Assert.Equal([$"session:{sids[1]}"], (await feed.NextAsync()).Entries);
        foreach (var pair in pairs) Assert.Equal(401, (await service.Client.RefreshAsync(pair.Refresh)).Status);
        Assert.Equal(401, (await SignInAsync()).Status);

        var events = JsonElement.Parse((await RunAsync("", "audit", "list", "--json", "--event", "session.ended")).Succeeded()).EnumerateArray();
        Assert.Equal([(sids[1], "command"), (sids[0], "command")], events.Select(e => (e.GetProperty("subject").GetString()!, e.GetProperty("actor").GetString()!)));

        Task<Reply> SignInAsync() => service.Client.ObtainAsync("zoe", "a new user's password");
    }

    [Fact]
    public async Task AddedClient_GetsTokens()
    {
        var added = JsonElement.Parse((await RunAsync("", "clients", "add", "billing", "--scope", "orders:read", "--json")).Succeeded());
        var answer = await service.Client.PostAsync(
            "/oauth/token", OAuthClient.Form(("grant_type", "client_credentials")), OAuthClient.Basic($"billing:{added.GetProperty("secret").GetString()}"));
        Assert.Equal("orders:read", JsonElement.Parse(answer.Succeeded().Body).GetProperty("scope").GetString());
    }

    [Fact]
    public async Task RotatedKey_IsPublishedAndInOrder()
    {
        Assert.StartsWith("Made ES256 key ", (await RunAsync("", "keys", "rotate")).Succeeded(), StringComparison.Ordinal);
        var keys = JsonElement.Parse((await RunAsync("", "keys", "list", "--json")).Succeeded()).EnumerateArray().ToArray();
        Assert.Equal(["current", "next"], keys.Select(k => k.GetProperty("state").GetString()));
        await Until.TrueAsync(
            async () => (await service.Client.GetAsync("/.well-known/jwks.json")).Body.Contains(keys[1].GetProperty("kid").GetString()!, StringComparison.Ordinal), "the service publishes it");
        Assert.Equal("Configuration, database and 2 key(s) are in order\n", (await RunAsync("", "check")).Succeeded());
    }

    private Task<CommandResult> RunAsync(string input, params string[] arguments) => ServiceProcess.CommandAsync(service.Folder, input, arguments);

    public sealed class Service(PostgreSqlServer server) : IAsyncLifetime
    {
        public TestFolder Folder { get; } = new();

        public TokenServiceApp App { get; private set; } = null!;

        public TokenClient Client { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            var database = await server.NewDatabaseAsync();
            // What the commands read; the service is told the same.
            Folder.Write("appsettings.json", JsonSerializer.Serialize(new
            {
                Storage = new { Provider = "PostgreSql", ConnectionString = database },
                Users = new { HashIterations = 100_000 },
            }));
            App = TokenServiceApp.Start(
                new Dictionary<string, string?>
                {
                    ["Storage:Provider"] = "PostgreSql",
                    ["Storage:ConnectionString"] = database,
                    ["Revocations:FeedKeyFile"] = Folder.Write("feed-key", FeedClient.Key),
                },
                Folder);
            Client = new TokenClient(App.Address);
        }

        public async ValueTask DisposeAsync()
        {
            Client?.Dispose();
            if (App is not null) await App.DisposeAsync();
            Folder.Dispose();
        }
    }
}
