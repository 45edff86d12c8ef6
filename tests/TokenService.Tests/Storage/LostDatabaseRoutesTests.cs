using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using FrontDoor.TestKit;
using FrontDoor.TokenService.Clients;
using FrontDoor.TokenService.Tests.Administration;
using FrontDoor.TokenService.Tests.Audit;
using FrontDoor.TokenService.Tests.Clients;
using FrontDoor.TokenService.Tests.Users;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace FrontDoor.TokenService.Tests.Storage;

/// <summary>PostgreSQL is lost and comes back; what every other route than those of <see cref="LostDatabaseTests"/> says to it.</summary>
public sealed class LostDatabaseRoutesTests(PostgreSqlServer server) : IAsyncLifetime
{
    private CuttableLine _line = null!;
    private TokenServiceApp _app = null!;
    private TokenClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        var database = new NpgsqlConnectionStringBuilder(await server.NewDatabaseAsync());
        _line = new CuttableLine(database.Host!, database.Port);
        (database.Host, database.Port) = (IPAddress.Loopback.ToString(), _line.Port);
        _app = TokenServiceApp.Start(new Dictionary<string, string?>
        {
            ["Storage:Provider"] = "PostgreSql",
            ["Storage:ConnectionString"] = database.ConnectionString,
            ["SlidingTokens:Enabled"] = "true",
        }, services: new FastHasher().Replace);
        _client = new TokenClient(_app.Address);
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (_app is not null) await _app.DisposeAsync();
        _line?.Dispose();
    }

    [Fact]
    public async Task WhileLost_EveryRouteIsUnavailableForNow_AndAnswersOnceItIsBack()
    {
        var routes = await RoutesAsync();
        _line.Cut();
        foreach (var (what, ask, _) in routes)
        {
            var answer = await ask();
            Assert.True((503, "2", "no-store") == (answer.Status, answer.Header("Retry-After"), answer.Header("Cache-Control")), $"{what}: {answer}");
        }

        _line.Mend();
        await Until.TrueAsync(async () => (await _client.GetAsync("/health/ready")).Status == 200, "it is ready again");
        foreach (var (what, ask, status) in routes)
        {
            var answer = await ask();
            Assert.True(status == answer.Status, $"{what}: {answer}");
        }
    }

    /// <summary>Requests, with what they are answered while the database is there, one after the other.</summary>
    private async Task<IReadOnlyList<(string What, Func<Task<Reply>> Ask, int Status)>> RoutesAsync()
    {
        var (pair, other, root) = (await _client.ObtainAsync(), await _client.ObtainAsync(), await _client.ObtainAsync("root"));
        var sliding = JsonElement.Parse((await SlideAsync("", SignIn())).Succeeded().Body).GetProperty("token").GetString()!;
        var admin = new AdminClient(_client, root.Access);
        var alice = await _app.IdAsync("alice");
        await using var scope = _app.Services.CreateAsyncScope();
        var (_, secret) = await scope.ServiceProvider.GetRequiredService<ClientAdministration>()
            .AddAsync("billing", null, ["orders:read"], null, null, TestContext.Current.CancellationToken);
        return
        [
            ("client's token", () => OAuthAsync("token", ("grant_type", "client_credentials")), 200),
            ("introspection", () => OAuthAsync("introspect", ("token", pair.Access)), 200),
            ("revocation", () => OAuthAsync("revoke", ("token", other.Access)), 200),
            ("sliding sign-in", () => SlideAsync("", SignIn()), 200),
            ("sliding refresh", () => SlideAsync("refresh/", new { token = sliding }), 200),
            ("list of users", () => admin.GetAsync("/users"), 200),
            ("new role", () => admin.PutAsync($"/users/{alice}/roles", new { roles = new[] { "ops" } }), 200),
            ("new key", () => admin.PostAsync("/keys/rotate"), 201),
            ("list of sessions", () => _client.SendAsync(HttpMethod.Get, "/api/sessions", pair.Access), 200),
            ("password", () => _client.PostAsync(
                "/api/password/",
                JsonContent.Create(new { old_password = TokenServiceApp.Password, new_password = "another long password" }),
                new AuthenticationHeaderValue("Bearer", pair.Access)), 200),
            ("end of a session", () => _client.SendAsync(HttpMethod.Delete, $"/api/sessions/{Jwt.Claim(pair.Access, "sid")}", pair.Access), 204),
            ("end of all sessions", () => _client.SendAsync(HttpMethod.Delete, "/api/sessions", root.Access), 200),
        ];

        Task<Reply> OAuthAsync(string path, params (string, string)[] form) => _client.PostAsync($"/oauth/{path}", OAuthClient.Form(form), OAuthClient.Basic($"billing:{secret}"));
        Task<Reply> SlideAsync(string path, object body) => _client.PostAsync($"/api/token/sliding/{path}", JsonContent.Create(body));
        object SignIn() => new { username = "alice", password = TokenServiceApp.Password };
    }
}
