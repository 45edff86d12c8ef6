using System.Text.Json;
using FrontDoor.TestKit;
using FrontDoor.TokenService.Storage;
using FrontDoor.TokenService.Tests.Audit;
using FrontDoor.TokenService.Tests.Storage;
using FrontDoor.TokenService.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace FrontDoor.TokenService.Tests.Administration;

public sealed class SqliteAddedUserTests(SqliteStore store) : AddedUserContract(store), IClassFixture<SqliteStore>;

public sealed class PostgreSqlAddedUserTests(PostgreSqlStore store) : AddedUserContract(store), IClassFixture<PostgreSqlStore>;

/// <summary>Users that administrators add over HTTP, and the list of them, the same on every database.</summary>
public abstract class AddedUserContract(TestStore store) : RootContract(store)
{
    private const string Password = "a new user's password";

    [Fact]
    public async Task AddedUser_SignsInAndIsListed()
    {
        var name = NewName();
        var answer = await Root.PostAsync("/users", new { username = name, password = Password, email = "zoe@example.com", display_name = "Zoë Ä", roles = new[] { "ops", "admin" } });
        Assert.Equal(201, answer.Status);
        var added = JsonElement.Parse(answer.Body);
        var id = added.GetProperty("id").GetString()!;
        Assert.Equal($"{AdminClient.Path}/users/{id}", answer.Header("Location"));
        Assert.Equal(["admin", "ops"], Texts(added, "roles"));
        Assert.Equal("zoe@example.com", added.GetProperty("email").GetString());

        var pair = await Client.ObtainAsync(name, Password);
        Assert.Equal(("Zoë Ä", """["admin","ops"]"""), (Jwt.Claim(pair.Access, "name"), Jwt.Claim(pair.Access, "roles")));
        Assert.Equal(answer.Body, (await Root.GetAsync($"/users/{id}")).Succeeded().Body);
        Assert.DoesNotContain("assword", answer.Body, StringComparison.Ordinal);
        Assert.Equal([("user.added", RootId)], (await Store.App.AuditAsync(e => e.Subject == id)).Select(e => (e.Event, e.Actor)));
    }

    [Fact]
    public async Task NameTaken_Is400()
    {
        var name = await Store.App.AddUserAsync();
        (await Root.PostAsync("/users", new { username = name.ToUpperInvariant(), password = Password })).Is(400, $$"""{"username":["Username '{{name.ToUpperInvariant()}}' is already taken."]}""");
    }

    [Fact]
    public async Task SameNameAtOnce_IsAddedOnce()
    {
        var name = NewName();
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Root.PostAsync("/users", new { username = name, password = Password })));
        Assert.Single(answers, a => a.Status == 201);
        Assert.Equal(7, answers.Count(a => a is { Status: 400 } && a.Body.Contains("is already taken", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task RoleThatSomebodyElseIsMaking_IsGiven()
    {
        var (role, id) = (NewName(), await Store.App.IdAsync(await Store.App.AddUserAsync()));
        await using var scope = Store.App.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<TokenDb>();
        await using var first = await db.Database.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await scope.ServiceProvider.GetRequiredService<RoleAdministration>().MakeAsync(role);

        var second = Root.PutAsync($"/users/{id}/roles", new { roles = new[] { role } });
        if (db.Database.IsNpgsql()) await Until.TrueAsync(IsWaitingAsync, "the second waits for the first");
        await first.CommitAsync(TestContext.Current.CancellationToken);
        Assert.Equal([role], Texts(JsonElement.Parse((await second).Succeeded().Body), "roles"));

        Task<bool> IsWaitingAsync() => Store.App.QueryAsync(other => other.Database.SqlQueryRaw<bool>(
            """SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock') AS "Value" """).SingleAsync());
    }

    [Theory]
    [InlineData("{}", """{"username":["This field is required."],"password":["This field is required."]}""")]
    [InlineData("""{"username":"zoe","password":"short"}""", """{"password":["Passwords must be at least 8 characters."]}""")]
    [InlineData("""{"username":" ","password":"long enough"}""", """{"username":["This field may not be blank."]}""")]
    [InlineData("""{"username":"zoe","password":"long enough","display_name":null}""", """{"display_name":["This field may not be null."]}""")]
    [InlineData("""{"username":"zoe","password":"long enough","email":"zoe"}""", """{"email":["'zoe' is not an e-mail address"]}""")]
    [InlineData("""{"username":"zoe","password":"long enough","roles":"admin"}""", """{"roles":["Expected a list of items."]}""")]
    [InlineData("""{"username":"zoe","password":"long enough","roles":[["admin"]]}""", """{"roles":["Not a valid string."]}""")]
    [InlineData("""{"username":"zoe","password":"long enough","roles":["x\u001fadmin"]}""", """{"roles":["Role name 'x\u001Fadmin' is invalid."]}""")]
    [InlineData("""{"username":"zoe","password":"a","password":"b"}""", """{"detail":"JSON parse error - a member appears twice"}""")]
    public async Task FaultyUser_Is400AndNotAdded(string body, string faults)
    {
        var token = (await Client.ObtainAsync("root")).Access;
        var request = new HttpRequestMessage(HttpMethod.Post, AdminClient.Path + "/users") { Content = new StringContent(body, null, "application/json") };
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        (await Client.SendAsync(request)).Is(400, faults);
        Assert.Equal(0, (await Root.JsonAsync("/users?search=zoe")).GetProperty("results").GetArrayLength());
    }

    [Fact]
    public async Task LongName_Is400_AndNotAFaultOfTheDatabase()
    {
        const string Faults = """{"username":["Ensure this field has no more than 256 characters."],"roles":["Ensure this field has no more than 256 characters."]}""";
        (await Root.PostAsync("/users", new { username = new string('x', 257), password = Password, roles = new[] { new string('x', 257) } })).Is(400, Faults);
    }

    [Fact]
    public async Task List_IsPagedAndSearched()
    {
        var mark = NewName();
        for (var i = 0; i < 5; i++) (await Root.PostAsync("/users", new { username = $"{mark}%_{i}", password = Password })).Headers.ToString();
        var (names, next, pages) = (new List<string>(), "", 0);
        do
        {
            var page = await Root.JsonAsync($"/users?limit=2&search={Uri.EscapeDataString($"{mark.ToUpperInvariant()}%_")}{next}");
            names.AddRange(page.GetProperty("results").EnumerateArray().Select(u => u.GetProperty("username").GetString()!));
            next = page.GetProperty("next").GetString() is { } cursor ? $"&after={Uri.EscapeDataString(cursor)}" : null;
            pages++;
        }
        while (next is not null);

        Assert.Equal(Enumerable.Range(0, 5).Select(i => $"{mark}%_{i}"), names);
        Assert.Equal(3, pages);
        // % and _ are letters like others.
        Assert.Equal(0, (await Root.JsonAsync($"/users?search={mark}__")).GetProperty("results").GetArrayLength());
    }

    private static string NewName() => "u" + Guid.NewGuid().ToString("N");

    private static IEnumerable<string> Texts(JsonElement parent, string name) => parent.GetProperty(name).EnumerateArray().Select(r => r.GetString()!);
}
