using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using FrontDoor.TestKit;
using FrontDoor.TokenService.Tests.Administration;
using FrontDoor.TokenService.Tests.Audit;
using FrontDoor.TokenService.Tests.Clients;
using FrontDoor.TokenService.Tests.Documentation;
using FrontDoor.TokenService.Tests.Storage;
using FrontDoor.TokenService.Tests.Users;
using Xunit;

namespace FrontDoor.TokenService.Tests.Endpoints;

public sealed class SqliteNastyValueTests(SqliteStore store) : NastyValueContract(store), IClassFixture<SqliteStore>;

public sealed class PostgreSqlNastyValueTests(PostgreSqlStore store) : NastyValueContract(store), IClassFixture<PostgreSqlStore>;

/// <summary>
/// Every route that takes a body, whatever it will be, asked by somebody who may: never a fault of ours and nothing of our insides (security contract 1.6). What exactly is
/// answered each route's own tests say.
/// </summary>
public abstract class NastyValueContract(TestStore store) : StoreContract(store)
{
    private const string Json = "application/json";
    private const string Form = "application/x-www-form-urlencoded";

    private AuthenticationHeaderValue _admin = null!;
    private OAuthClient _oauth = null!;
    private AuthenticationHeaderValue _self = null!;
    private string _user = "";

    /// <summary>JSON, for each field in turn.</summary>
    public static TheoryData<string> Values =>
    [
        "null", "true", "[]", "{}", "[[]]", "[null]", "-0", "1e999999", """ "" """, """ " " """, """ "\u0000" """, """ "a\u0000b" """, """ ["a\u0000b"] """,
        """ ["a=\u0000", "b=c"] """, """ "\ud800" """, """ "a\udc00b" """, """ ["\ud800"] """, """ ["a=\ud800"] """, """ "\uffff\ufffe" """, """ ["\uffff"] """,
        """ "\u001f\u0007" """, """ ["\u001f"] """, """ "\u202e\u2028" """, """ "a@\u0000.b" """, """ "a@b\n.c" """, """ "\ud83d\ude00" """, """ ["a", "a", "A"] """,
        $"\"{new string('x', 2_000)}\"", $"\"{new string('€', 900)}\"", $"\"{new string('x', 300)}@example.com\"", $"[\"{new string('x', 2_000)}\"]",
    ];

    /// <summary>The same in forms.</summary>
    public static TheoryData<string> FormValues =>
        ["", "%", "%00", "a%00b", "%ff", "%ed%a0%80", "%ef%bf%bf", "%f0%9f%98%80", "%zz", "+", "%0d%0a", "true", new string('x', 2_000), "client_credentials%00", "a.b.c"];

    public override async ValueTask InitializeAsync()
    {
        Store.Services ??= new FastHasher().Replace;
        foreach (var name in new[] { "SlidingTokens:Enabled", "Users:Registration:Enabled" }) Store.Settings[name] = "true";
        foreach (var name in new[] { "Users:Throttle:FailuresPerAddress", "Users:Throttle:FailuresPerAccount", "Users:Registration:AttemptsPerAddress" }) Store.Settings[name] = "100000";
        await base.InitializeAsync();
        _admin = new AuthenticationHeaderValue("Bearer", (await Client.ObtainAsync("root")).Access);
        _oauth = await OAuthClient.AddAsync(Store);
        _self = new AuthenticationHeaderValue("Bearer", (await Client.ObtainAsync(await App.AddUserAsync())).Access);
        _user = await App.IdAsync(await App.AddUserAsync());
    }

    [Theory]
    [MemberData(nameof(Values))]
    public async Task JsonValue_IsNoFaultOfOurs(string value)
    {
        foreach (var (method, path, fields) in (await DescribedAsync()).Where(r => !IsForClients(r.Path)))
        {
            var pair = await Client.ObtainAsync();
            foreach (var nasty in fields)
            {
                var body = fields.Select(field => $"\"{field}\":{(field == nasty ? value : Good(field, path, pair))}");
                await AskAsync(method, path, Json, Encoding.UTF8.GetBytes($"{{{string.Join(',', body)}}}"));
            }
        }
    }

    [Theory]
    [MemberData(nameof(FormValues))]
    public async Task FormValue_IsNoFaultOfOurs(string value)
    {
        foreach (var (method, path, fields) in await DescribedAsync())
        {
            var pair = await Client.ObtainAsync();
            // Who a client is stands in the header.
            var others = fields.Where(f => f is not "client_id" and not "client_secret").ToArray();
            foreach (var nasty in others)
            {
                var body = others.Select(field => $"{field}={(field == nasty ? value : Uri.EscapeDataString(JsonElement.Parse(Good(field, path, pair)).ToString()))}");
                await AskAsync(method, path, Form, Encoding.UTF8.GetBytes(string.Join('&', body)));
            }
        }
    }

    [Theory]
    [MemberData(nameof(NastyBodyContract.Bodies), MemberType = typeof(NastyBodyContract))]
    public Task NastyBody_IsNoFaultOfOurs(string name, string type, string body)
    {
        Assert.NotEmpty(name);
        return EachAsync(type, Encoding.UTF8.GetBytes(body));
    }

    [Theory]
    [MemberData(nameof(NastyBodyContract.NoText), MemberType = typeof(NastyBodyContract))]
    public async Task BytesThatAreNoText_AreNoFaultOfOurs(string hex)
    {
        foreach (var type in new[] { Json, Form }) await EachAsync(type, Convert.FromHexString(hex));
    }

    [Fact]
    public void RoutesAreFound() => Assert.Superset(
        new HashSet<string>
        {
            "/api/token", "/api/token/refresh", "/api/token/sliding", "/api/token/sliding/refresh", "/api/password", "/api/users", "/oauth/token", "/oauth/revoke", "/oauth/introspect",
            AdminClient.Path + "/users", AdminClient.Path + "/users/{id}", AdminClient.Path + "/users/{id}/roles", AdminClient.Path + "/users/{id}/password", AdminClient.Path + "/clients",
        },
        Routes().Select(r => r.Path).ToHashSet());

    private async Task EachAsync(string type, byte[] body)
    {
        foreach (var (method, path) in Routes()) await AskAsync(method, path, type, body);
    }

    private async Task AskAsync(string method, string path, string type, byte[] body)
    {
        var content = new ByteArrayContent(body);
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        var id = path.Contains("/clients/", StringComparison.Ordinal) ? _oauth.Id : _user;
        var answer = await Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path.Replace("{id}", id).Replace("{kid}", "x"))
        {
            Content = content,
            Headers = { Authorization = IsForClients(path) ? OAuthClient.Basic($"{_oauth.Id}:{_oauth.Secret}") : path == "/api/password" ? _self : _admin },
        });
        var seen = $"{method} {path}: {answer}";
        // 401: what was sent is no token or nobody's password. The caller itself is somebody.
        Assert.True(answer.Status is >= 200 and < 300 or 400 or 401 or 404 or 409 or 413 or 415, seen);
        Assert.True(answer.Body.Length == 0 || answer.Header("Content-Type")!.StartsWith("application/json", StringComparison.Ordinal), seen);
        Assert.DoesNotMatch("IDX|Exception|   at |System\\.|\\.cs|\\.dll|Npgsql|SQLite|constraint", answer.Body);
    }

    private static bool IsForClients(string path) => path.StartsWith("/oauth/", StringComparison.Ordinal);

    private IReadOnlyList<(string Method, string Path)> Routes() =>
        [.. App.Routes().SelectMany(r => r.Methods.Where(m => m is "POST" or "PUT" or "PATCH"), (route, method) => (method, route.Path))];

    /// <summary>The routes that say which fields they read, with these.</summary>
    private async Task<IReadOnlyList<(string Method, string Path, string[] Fields)>> DescribedAsync()
    {
        var document = JsonElement.Parse((await Client.GetAsync("/openapi/v1.json")).Succeeded().Body);
        var schemas = document.GetProperty("components").GetProperty("schemas");
        var described = new List<(string Method, string Path, string[] Fields)>();
        foreach (var (method, path) in Routes())
        {
            if (!document.GetProperty("paths").GetProperty(path).GetProperty(method.ToLowerInvariant()).TryGetProperty("requestBody", out var body)) continue;
            var schema = body.GetProperty("content").EnumerateObject().First().Value.GetProperty("schema");
            if (schema.TryGetProperty("$ref", out var name)) schema = schemas.GetProperty(name.GetString()!.Split('/')[^1]);
            described.Add((method, path, [.. schema.GetProperty("properties").EnumerateObject().Select(p => p.Name)]));
        }

        Assert.True(described.Count >= 15, string.Join(' ', described));
        return described;
    }

    /// <returns>A value in JSON that goes through, so that the nasty one beside it is read.</returns>
    private static string Good(string field, string path, Reply pair) => field switch
    {
        "username" when path.StartsWith("/api/token", StringComparison.Ordinal) => "\"alice\"",
        "username" or "id" or "name" or "display_name" or "phone_number" => $"\"{Guid.NewGuid()}x\"",
        "email" => $"\"{Guid.NewGuid()}@example.com\"",
        "password" or "old_password" or "new_password" => $"\"{TokenServiceApp.Password}\"",
        "refresh" => $"\"{pair.Refresh}\"",
        "token" => $"\"{pair.Access}\"",
        "scope" or "audience" => "\"orders:read\"",
        "roles" or "scopes" => "[\"orders:read\"]",
        "grant_type" => "\"client_credentials\"",
        "token_type_hint" => "\"access_token\"",
        "claims" => "[\"team=a\"]",
        "now" or "cookie" or "email_confirmed" => "false",
        _ => throw new ArgumentOutOfRangeException(nameof(field), field, "A field that this test knows no value for"),
    };
}
