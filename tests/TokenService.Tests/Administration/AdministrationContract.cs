using System.Text.Json;
using FrontDoor.TokenService.Tests.Audit;
using FrontDoor.TokenService.Tests.Storage;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace FrontDoor.TokenService.Tests.Administration;

public sealed class SqliteAdministrationTests(SqliteStore store) : AdministrationContract(store), IClassFixture<SqliteStore>;

public sealed class PostgreSqlAdministrationTests(PostgreSqlStore store) : AdministrationContract(store), IClassFixture<PostgreSqlStore>;

/// <summary>What administrators do over HTTP, the same on every database.</summary>
public abstract class AdministrationContract(TestStore store) : RootContract(store)
{
    private const string Password = "a new user's password";
    private const string NotFound = """{"detail":"Not found."}""";

    [Theory]
    [InlineData("/users?limit=501", """{"limit":["Ensure this value is less than or equal to 500."]}""")]
    [InlineData("/users?limit=many&serach=x", """{"limit":["A valid integer is required."],"serach":["This parameter is not known."]}""")]
    [InlineData("/users?search=%00", """{"search":["Null characters are not allowed."]}""")]
    [InlineData("/audit?event=session.strated", """{"event":["\"session.strated\" is not a valid choice."]}""")]
    [InlineData("/audit?before=0", """{"before":["Ensure this value is greater than or equal to 1."]}""")]
    public Task FaultyQuery_Is400(string path, string faults) => IsAsync(Root.GetAsync(path), 400, faults);

    [Fact]
    public async Task Disable_EndsSessionsAndSignInUntilEnable()
    {
        var (name, id) = await AddAsync();
        var pair = await Client.ObtainAsync(name);
        (await Root.PostAsync($"/users/{id}/disable")).Is(200, """{"ended":1}""");
        Assert.Equal(401, (await Client.RefreshAsync(pair.Refresh)).Status);
        Assert.Equal(401, (await Client.ObtainAsync(name)).Status);
        Assert.False((await Root.JsonAsync($"/users/{id}")).GetProperty("active").GetBoolean());

        Assert.True(JsonElement.Parse((await Root.PostAsync($"/users/{id}/enable")).Succeeded().Body).GetProperty("active").GetBoolean());
        (await Client.ObtainAsync(name)).Succeeded();
        Assert.Equal([("user.disabled", RootId), ("login.failed", null), ("user.enabled", RootId)], await EventsAsync(id));
    }

    [Fact]
    public async Task ResetPassword_TakesTheNewOneAlone()
    {
        var (name, id) = await AddAsync();
        var pair = await Client.ObtainAsync(name);
        (await Root.PutAsync($"/users/{id}/password", new { password = "short" })).Is(400, """{"password":["Passwords must be at least 8 characters."]}""");
        (await Root.PutAsync($"/users/{id}/password", new { password = Password })).Is(200, """{"ended":1}""");
        Assert.Equal(401, (await Client.ObtainAsync(name)).Status);
        (await Client.ObtainAsync(name, Password)).Succeeded();
        (await Client.RefreshAsync(pair.Refresh)).Is(401, """{"detail":"The user's password has been changed."}""");
    }

    [Fact]
    public async Task Roles_AreInTheNextAccessToken()
    {
        var (name, id) = await AddAsync();
        var pair = await Client.ObtainAsync(name);
        var answer = (await Root.PutAsync($"/users/{id}/roles", new { roles = new[] { "zoo keeper", "ops" } })).Succeeded();
        Assert.Equal(["ops", "zoo keeper"], Texts(JsonElement.Parse(answer.Body), "roles"));
        pair = (await Client.RefreshAsync(pair.Refresh)).Succeeded();
        Assert.Equal("""["ops","zoo keeper"]""", Jwt.Claim(pair.Access, "roles"));

        // The same again is no change; fewer is.
        (await Root.PutAsync($"/users/{id}/roles", new { roles = new[] { "ops", "Zoo Keeper" } })).Succeeded();
        (await Root.PutAsync($"/users/{id}/roles", new { roles = Array.Empty<string>() })).Succeeded();
        Assert.Equal("[]", Jwt.Claim((await Client.RefreshAsync(pair.Refresh)).Access, "roles"));
        Assert.Equal(2, (await Store.App.AuditAsync(e => e.Subject == id && e.Event == "user.roles-changed" && e.Actor == RootId)).Count);
    }

    [Fact]
    public async Task Fields_AreInTheNextAccessToken_AndNamedInTheAuditLog()
    {
        var (name, id) = await AddAsync();
        var pair = await Client.ObtainAsync(name);
        var answer = await Root.PatchAsync(
            $"/users/{id}", new { email = "new@example.com", email_confirmed = true, display_name = "Neu", phone_number = "+49 1", claims = new[] { "team=a", "team=b" } });
        var view = JsonElement.Parse(answer.Succeeded().Body);
        Assert.Equal(
            ("new@example.com", true, "Neu", "+49 1"),
            (view.GetProperty("email").GetString(), view.GetProperty("email_confirmed").GetBoolean(), view.GetProperty("display_name").GetString(), view.GetProperty("phone_number").GetString()));
        Assert.Equal("Neu", Jwt.Claim((await Client.RefreshAsync(pair.Refresh)).Access, "name"));
        Assert.Equal(["a", "b"], await Store.App.QueryAsync(db => db.UserClaims.Where(c => c.UserId == id).OrderBy(c => c.Id).Select(c => c.ClaimValue).ToListAsync()));

        // What is absent stays; the same address stays confirmed.
        var cleared = JsonElement.Parse((await Root.PatchAsync($"/users/{id}", new { email = "new@example.com", display_name = (string?)null, phone_number = "" })).Succeeded().Body);
        Assert.True(cleared.GetProperty("email_confirmed").GetBoolean());
        foreach (var field in new[] { "display_name", "phone_number" }) Assert.Equal(JsonValueKind.Null, cleared.GetProperty(field).ValueKind);
        (await Root.PatchAsync($"/users/{id}", new { })).Succeeded();
        Assert.Equal(
            ["email, email_confirmed, display_name, phone_number, claim team", "email, display_name, phone_number"],
            (await Store.App.AuditAsync(e => e.Subject == id && e.Event == "user.changed" && e.Actor == RootId)).Select(e => e.Detail));
    }

    [Theory]
    [InlineData("""{"email":"none"}""", """{"email":["'none' is not an e-mail address"]}""")]
    [InlineData("""{"email":1,"email_confirmed":"perhaps"}""", """{"email_confirmed":["Must be a valid boolean."]}""")]
    [InlineData("""{"claims":["team"]}""", """{"claims":["'team' is not type=value"]}""")]
    [InlineData("""{"claims":"team=a"}""", """{"claims":["Expected a list of items."]}""")]
    [InlineData("""{"phone_number":"a\nb"}""", """{"non_field_errors":["A value has at most 256 characters and no control characters"]}""")]
    public async Task FaultyField_Is400AndChangesNothing(string body, string faults)
    {
        var (_, id) = await AddAsync();
        var before = (await Root.GetAsync($"/users/{id}")).Body;
        (await Root.PatchAsync($"/users/{id}", JsonElement.Parse(body))).Is(400, faults);
        Assert.Equal(before, (await Root.GetAsync($"/users/{id}")).Body);
        Assert.Empty(await EventsAsync(id));
    }

    [Fact]
    public async Task Sessions_AreListedAndEnded()
    {
        var (name, id) = await AddAsync();
        Reply[] pairs = [await Client.ObtainAsync(name), await Client.ObtainAsync(name), await Client.ObtainAsync(name)];
        var sids = pairs.Select(p => Jwt.Claim(p.Access, "sid")!).ToArray();
        var listed = (await Root.JsonAsync($"/users/{id}/sessions")).EnumerateArray().Select(s => s.GetProperty("id").GetString()!);
        Assert.Equal(sids.Order(), listed.Order());

        Assert.Equal(204, (await Root.DeleteAsync($"/sessions/{sids[0]}")).Status);
        (await Root.DeleteAsync($"/sessions/{sids[0]}")).Is(404, NotFound);
        (await Root.DeleteAsync($"/users/{id}/sessions")).Is(200, """{"ended":2}""");
        foreach (var pair in pairs) (await Client.RefreshAsync(pair.Refresh)).Is(401, Reply.TokenNotValid("Token is blacklisted"));
        foreach (var sid in sids)
        {
            var row = (await Store.App.AuditAsync(e => e.Subject == sid))[1];
            Assert.Equal(("session.ended", "EndedByAdministrator", RootId), (row.Event, row.Detail, row.Actor));
        }
    }

    [Fact]
    public async Task UnknownIds_AreNotFound()
    {
        foreach (var answer in new[]
        {
            await Root.GetAsync("/users/nobody"), await Root.PostAsync("/users/nobody/disable"), await Root.PostAsync("/users/nobody/enable"),
            await Root.PutAsync("/users/nobody/roles", new { roles = Array.Empty<string>() }), await Root.PutAsync("/users/nobody/password", new { password = Password }),
            await Root.GetAsync("/users/nobody/sessions"), await Root.DeleteAsync("/users/nobody/sessions"), await Root.DeleteAsync("/sessions/none"),
            await Root.PatchAsync("/users/nobody", new { email = "a@example.com" }), await Root.PostAsync("/keys/none/revoke"),
        }) answer.Is(404, NotFound);
    }

    [Fact]
    public async Task Keys_AreRotatedAndRevoked()
    {
        var made = JsonElement.Parse((await Root.PostAsync("/keys/rotate", new { now = false })).Body);
        Assert.Equal("next", made.GetProperty("state").GetString());
        var kid = made.GetProperty("kid").GetString()!;
        (await Root.PostAsync("/keys/rotate")).Is(409, """{"detail":"A next key exists already."}""");
        (await Root.PostAsync("/keys/rotate", new { now = "perhaps" })).Is(400, """{"now":["Must be a valid boolean."]}""");

        Assert.Equal(204, (await Root.PostAsync($"/keys/{kid}/revoke")).Status);
        (await Root.PostAsync($"/keys/{kid}/revoke")).Is(404, NotFound);
        Assert.Contains(("revoked", kid), (await Root.JsonAsync("/keys")).EnumerateArray().Select(k => (k.GetProperty("state").GetString()!, k.GetProperty("kid").GetString()!)));
        Assert.Equal([("key.rotated", RootId), ("key.revoked", RootId)], await EventsAsync(kid));
    }

    [Fact]
    public async Task Audit_IsFilteredAndPagedNewestFirst()
    {
        var (name, id) = await AddAsync();
        for (var i = 0; i < 5; i++) await Client.ObtainAsync(name);
        var (ids, next) = (new List<long>(), (string?)"");
        do
        {
            var page = await Root.JsonAsync($"/audit?actor={id}&event=session.started&limit=2{next}");
            ids.AddRange(page.GetProperty("results").EnumerateArray().Select(e => e.GetProperty("id").GetInt64()));
            next = page.GetProperty("next").GetString() is { } before ? $"&before={before}" : null;
        }
        while (next is not null);

        Assert.Equal((await Store.App.AuditAsync(e => e.Actor == id)).Select(e => e.Id).Reverse(), ids);
        var now = Store.Clock.GetUtcNow();
        Assert.Equal(5, await CountAsync($"since={now:yyyy-MM-ddTHH:mm:ssZ}"));
        Assert.Equal(0, await CountAsync($"until={now:yyyy-MM-ddTHH:mm:ssZ}"));
        Assert.Equal(0, await CountAsync($"since={now.AddDays(1):yyyy-MM-dd}"));

        async Task<int> CountAsync(string filter) => (await Root.JsonAsync($"/audit?actor={id}&{filter}")).GetProperty("results").GetArrayLength();
    }

    private static async Task IsAsync(Task<Reply> answer, int status, string body) => (await answer).Is(status, body);

    private static IEnumerable<string> Texts(JsonElement parent, string name) => parent.GetProperty(name).EnumerateArray().Select(r => r.GetString()!);

    private async Task<(string Name, string Id)> AddAsync()
    {
        var name = await Store.App.AddUserAsync();
        return (name, await Store.App.IdAsync(name));
    }

    private async Task<IReadOnlyList<(string Event, string? Actor)>> EventsAsync(string subject) =>
        [.. (await Store.App.AuditAsync(e => e.Subject == subject)).Select(e => (e.Event, e.Actor))];
}
