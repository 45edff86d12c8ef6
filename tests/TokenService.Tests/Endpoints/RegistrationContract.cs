using System.Net.Http.Json;
using FrontDoor.TestKit;
using FrontDoor.TokenService.Tests.Audit;
using FrontDoor.TokenService.Tests.Storage;
using FrontDoor.TokenService.Tests.Users;
using Xunit;

namespace FrontDoor.TokenService.Tests.Endpoints;

public sealed class SqliteRegistrationTests(SqliteStore store) : RegistrationContract(store), IClassFixture<SqliteStore>;

public sealed class PostgreSqlRegistrationTests(PostgreSqlStore store) : RegistrationContract(store), IClassFixture<PostgreSqlStore>;

/// <summary>Self-registration, the same on every database.</summary>
public abstract class RegistrationContract(TestStore store) : IAsyncLifetime
{
    private TokenClient Client => store.Client;

    public async ValueTask InitializeAsync()
    {
        store.Services ??= new FastHasher().Replace;
        store.Settings["Users:Registration:Enabled"] = "true";
        store.Settings["Users:Registration:AttemptsPerAddress"] = "1000";
        await store.StartAsync();
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("/api/users/", "bob")]
    [InlineData("/api/users", "Žofie Ä")]
    public async Task NewUser_SignsInWithoutRoles(string path, string username)
    {
        var answer = await Client.PostAsync(path, JsonContent.Create(new { username, password = "a long enough one", roles = new[] { "admin" }, is_staff = true }));
        Assert.Equal(201, answer.Status);
        var pair = await Client.ObtainAsync(username, "a long enough one");
        answer.Is(201, $$"""{"id":"{{Jwt.Claim(pair.Access, "user_id")}}","username":"{{username}}"}""");
        var id = Jwt.Claim(pair.Access, "user_id");
        Assert.Equal([("user.added", id)], (await store.App.AuditAsync(e => e.Subject == id)).Select(e => (e.Event, e.Actor)));
        Assert.Equal(("[]", "orders:read"), (Jwt.Claim(pair.Access, "roles"), Jwt.Claim(pair.Access, "scope")));
    }

    [Theory]
    [InlineData("{}", """{"username":["This field is required."],"password":["This field is required."]}""")]
    [InlineData("""{"username":"ALICE","password":"a long enough one"}""", """{"username":["A user with that username already exists."]}""")]
    [InlineData("""{"username":"new","password":"password"}""", """{"password":["This password is too common."]}""")]
    [InlineData("""{"username":"newcomer","password":"newcomer"}""", """{"password":["The password is too similar to the username."]}""")]
    [InlineData("""{"username":"new","password":"short"}""", """{"password":["Passwords must be at least 8 characters."]}""")]
    [InlineData("""{"username":"a\nb","password":"a long enough one"}""", """{"username":["Enter a valid username."]}""")]
    [InlineData("""{"username":"new","password":"a long enough one","email":"none"}""", """{"email":["Enter a valid email address."]}""")]
    [InlineData("""{"username":"new","password":"a long enough one","email":null}""", """{"email":["This field may not be null."]}""")]
    public async Task Fault_NamesItsFieldAndMakesNobody(string body, string fault)
    {
        var rows = await store.App.AuditAsync(e => e.Event == "user.added");
        (await Client.PostAsync("/api/users/", body)).Is(400, fault);
        Assert.Equal(rows.Count, (await store.App.AuditAsync(e => e.Event == "user.added")).Count);
        Assert.Equal(401, (await Client.ObtainAsync("new", "a long enough one")).Status);
    }

    [Fact]
    public async Task NameWiderThanItsColumn_Is400()
    {
        (await RegisterAsync(new string('n', 151))).Is(400, """{"username":["Ensure this field has no more than 150 characters."]}""");
        Assert.Equal(201, (await RegisterAsync(new string('n', 150))).Status);
    }

    [Fact]
    public async Task OneNameTakenByManyAtOnce_IsOneUser()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => RegisterAsync("contested")));
        Assert.Single(answers, a => a.Status == 201);
        foreach (var other in answers.Where(a => a.Status != 201)) other.Is(400, """{"username":["A user with that username already exists."]}""");
    }

    private Task<Reply> RegisterAsync(string username) => Client.PostAsync("/api/users/", JsonContent.Create(new { username, password = "a long enough one" }));
}

public sealed class RegistrationSettingTests
{
    [Fact]
    public async Task SwitchedOff_IsNotThere()
    {
        await using var app = TokenServiceApp.Start();
        using var client = new TokenClient(app.Address);
        Assert.Equal(404, (await client.PostAsync("/api/users/", """{"username":"bob","password":"a long enough one"}""")).Status);
    }

    [Fact]
    public async Task Attempts_AreCountedByAddressGoodAndBadAlike()
    {
        await using var app = TokenServiceApp.Start(new Dictionary<string, string?>
        {
            ["Users:Registration:Enabled"] = "true",
            ["Users:Registration:AttemptsPerAddress"] = "2",
        });
        using var client = new TokenClient(app.Address);
        Assert.Equal(201, (await RegisterAsync(client, "one", "10.1.1.1")).Status);
        Assert.Equal(400, (await RegisterAsync(client, "alice", "10.1.1.1")).Status);
        var third = await RegisterAsync(client, "two", "10.1.1.1");
        Assert.Equal(429, third.Status);
        Assert.NotNull(third.Header("Retry-After"));
        Assert.Equal(201, (await RegisterAsync(client, "two", "10.1.1.2")).Status);
    }

    [Fact]
    public async Task PasswordTrimmedAtSignIn_IsTrimmedAtRegistrationAndChange()
    {
        await using var app = TokenServiceApp.Start(new Dictionary<string, string?> { ["Users:Registration:Enabled"] = "true", ["Users:TrimPasswords"] = "true" });
        using var client = new TokenClient(app.Address);
        Assert.Equal(201, (await client.PostAsync("/api/users/", """{"username":"bob","password":" a long enough one "}""")).Status);
        var pair = await client.ObtainAsync("bob", " a long enough one ");
        var change = new HttpRequestMessage(HttpMethod.Post, "/api/password/")
        {
            Content = JsonContent.Create(new { old_password = " a long enough one", new_password = " another long one " }),
        };
        change.Headers.Authorization = new("Bearer", pair.Access);
        (await client.SendAsync(change)).Is(200, "{}");
        (await client.ObtainAsync("bob", " another long one ")).Succeeded();
    }

    [Fact]
    public async Task ByEmail_TheAddressIsTheName()
    {
        var settings = new Dictionary<string, string?>(EmailLoginContract.Settings) { ["Users:Registration:Enabled"] = "true" };
        await using var app = TokenServiceApp.Start(settings);
        using var client = new TokenClient(app.Address);
        var credentials = new { email = "new@example.com", password = "a long enough one" };

        Assert.Matches("""^\{"id":"[0-9a-f]{32}","email":"new@example.com"\}$""", (await client.PostAsync("/api/users/", JsonContent.Create(credentials))).Body);
        (await client.PostAsync("/api/token/", JsonContent.Create(credentials))).Succeeded();
        (await client.PostAsync("/api/users/", JsonContent.Create(credentials with { email = "NEW@example.com" })))
            .Is(400, """{"email":["A user with that email already exists."]}""");
        (await client.PostAsync("/api/users/", """{"username":"x","password":"a long enough one"}""")).Is(400, """{"email":["This field is required."]}""");
    }

    private static Task<Reply> RegisterAsync(TokenClient client, string username, string address)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/api/users/") { Content = JsonContent.Create(new { username, password = "a long enough one" }) };
        request.Headers.Add("X-Forwarded-For", address);
        return client.SendAsync(request);
    }
}
