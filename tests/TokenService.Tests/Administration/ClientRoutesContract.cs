using System.Text.Json;
using FrontDoor.TokenService.Tests.Audit;
using FrontDoor.TokenService.Tests.Clients;
using FrontDoor.TokenService.Tests.Storage;
using Xunit;

namespace FrontDoor.TokenService.Tests.Administration;

public sealed class SqliteClientRoutesTests(SqliteStore store) : ClientRoutesContract(store), IClassFixture<SqliteStore>;

public sealed class PostgreSqlClientRoutesTests(PostgreSqlStore store) : ClientRoutesContract(store), IClassFixture<PostgreSqlStore>;

/// <summary>What administrators do to clients over HTTP, the same on every database.</summary>
public abstract class ClientRoutesContract(TestStore store) : IAsyncLifetime
{
    private const string NotFound = """{"detail":"Not found."}""";

    private readonly string _id = "c-" + Guid.NewGuid().ToString("N");
    private AdminClient _admin = null!;

    public async ValueTask InitializeAsync()
    {
        await store.StartAsync();
        _admin = await AdminClient.SignInAsync(store.Client);
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task AddedClient_GetsTokensWithTheSecretThatIsAnsweredOnce()
    {
        var answer = await _admin.PostAsync("/clients", new { id = _id, name = "Billing runs", scopes = new[] { "orders:read", "orders:write" }, audience = "shop" });
        Assert.Equal((201, "no-store"), (answer.Status, answer.Header("Cache-Control")));
        var secret = Text(answer, "secret");
        Assert.Equal(
            $$"""{"id":"{{_id}}","secret":"{{secret}}","name":"Billing runs","scopes":["orders:read","orders:write"],"audience":"shop"}""", answer.Body);
        Assert.Equal("orders:read orders:write", Jwt.Claim(await new OAuthClient(store, _id, secret).AccessAsync(), "scope"));

        var list = (await _admin.GetAsync("/clients")).Succeeded();
        Assert.DoesNotContain("frontdoor_secret_", list.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("hash", list.Body, StringComparison.OrdinalIgnoreCase);
        var view = Assert.Single(JsonElement.Parse(list.Body).EnumerateArray(), c => c.GetProperty("id").GetString() == _id);
        Assert.Equal(
            ["id", "name", "scopes", "audience", "created_at", "secret_changed_at", "previous_secret_until"], view.EnumerateObject().Select(m => m.Name));
    }

    [Fact]
    public async Task IdAlone_IsEnough()
    {
        var answer = await _admin.PostAsync("/clients", new { id = _id });
        Assert.Equal($$"""{"id":"{{_id}}","secret":"{{Text(answer, "secret")}}","name":null,"scopes":[],"audience":null}""", answer.Body);
    }

    [Fact]
    public async Task RotatedSecret_IsTakenBesideThePreviousOne_WithNowAlone()
    {
        var first = Text(await _admin.PostAsync("/clients", new { id = _id }), "secret");
        var answer = (await _admin.PostAsync($"/clients/{_id}/rotate-secret")).Succeeded();
        Assert.Equal("no-store", answer.Header("Cache-Control"));
        var second = Text(answer, "secret");
        Assert.Equal(store.Clock.GetUtcNow().AddDays(1), JsonElement.Parse(answer.Body).GetProperty("previous_secret_until").GetDateTimeOffset());
        Assert.Equal((200, 200), (await StatusAsync(first), await StatusAsync(second)));

        answer = await _admin.PostAsync($"/clients/{_id}/rotate-secret", new { now = true });
        var third = Text(answer, "secret");
        answer.Is(200, $$"""{"id":"{{_id}}","secret":"{{third}}","previous_secret_until":null}""");
        Assert.Equal((401, 401, 200), (await StatusAsync(first), await StatusAsync(second), await StatusAsync(third)));
        (await _admin.PostAsync($"/clients/{_id}/rotate-secret", new { now = "perhaps" })).Is(400, """{"now":["Must be a valid boolean."]}""");
        Assert.Equal(200, await StatusAsync(third));
    }

    [Fact]
    public async Task RemovedClient_IsGone()
    {
        var client = await OAuthClient.AddAsync(store);
        Assert.Equal(204, (await _admin.DeleteAsync($"/clients/{client.Id}")).Status);
        Assert.Equal(401, (await client.TokenAsync()).Status);
        (await _admin.DeleteAsync($"/clients/{client.Id}")).Is(404, NotFound);
        (await _admin.PostAsync($"/clients/{client.Id}/rotate-secret")).Is(404, NotFound);
    }

    [Fact]
    public async Task EachStep_IsTheAdministratorsInTheAuditLog()
    {
        var secret = Text(await _admin.PostAsync("/clients", new { id = _id }), "secret");
        await _admin.PostAsync($"/clients/{_id}/rotate-secret");
        await _admin.DeleteAsync($"/clients/{_id}");
        var (root, rows) = (await store.App.IdAsync("root"), await store.App.AuditAsync(e => e.Subject == _id));
        Assert.Equal([("client.added", root), ("client.secret-rotated", root), ("client.removed", root)], rows.Select(e => (e.Event, e.Actor!)));
        Assert.DoesNotContain(rows, e => $"{e.Detail}".Contains(secret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task IdTaken_Is409()
    {
        var client = await OAuthClient.AddAsync(store);
        (await _admin.PostAsync("/clients", new { id = client.Id })).Is(409, $$"""{"detail":"The id '{{client.Id}}' is taken"}""");
        (await client.TokenAsync()).Succeeded();
    }

    [Fact]
    public async Task SameIdAtOnce_IsAddedOnce()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _admin.PostAsync("/clients", new { id = _id })));
        Assert.Equal(200, await StatusAsync(Text(Assert.Single(answers, a => a.Status == 201), "secret")));
        Assert.Equal(7, answers.Count(a => a.Status == 409));
    }

    [Theory]
    [InlineData("{}", """{"id":["This field is required."]}""")]
    [InlineData("""{"id":""}""", """{"id":["This field may not be blank."]}""")]
    [InlineData("""{"id":42}""", """{"id":["'42' cannot be a client's id; that is 1 to 64 visible ASCII characters, neither a number nor a UUID"]}""")]
    [InlineData("""{"id":"x","name":null,"audience":null}""", """{"name":["This field may not be null."],"audience":["This field may not be null."]}""")]
    [InlineData("""{"id":"x","scopes":"orders:read"}""", """{"scopes":["Expected a list of items."]}""")]
    [InlineData(
        """{"id":"a b","name":"a\tb","scopes":["a b","c d"],"audience":"a\nb"}""",
        """{"id":["'a b' cannot be a client's id; that is 1 to 64 visible ASCII characters, neither a number nor a UUID"],"name":["A client's name has 1 to 128 characters without control characters"],"scopes":["'a b' is no scope; a scope is visible ASCII without space, quote or backslash"],"audience":["A client's audience has 1 to 256 characters without control characters"]}""")]
    public async Task FaultyClient_Is400AndNotAdded(string body, string faults)
    {
        (await _admin.PostAsync("/clients", JsonElement.Parse(body))).Is(400, faults);
        Assert.DoesNotContain((await _admin.JsonAsync("/clients")).EnumerateArray(), c => c.GetProperty("id").GetString() is "x" or "a b" or "42" or "");
    }

    [Fact]
    public async Task TooLong_IsAllReported()
    {
        var answer = await _admin.PostAsync(
            "/clients", new { id = new string('x', 65), name = new string('x', 129), scopes = new[] { new string('x', 1025), new string('y', 1025) }, audience = new string('x', 257) });
        answer.Is(400, """{"id":["Ensure this field has no more than 64 characters."],"name":["Ensure this field has no more than 128 characters."],"audience":["Ensure this field has no more than 256 characters."],"scopes":["A client's scopes have at most 2048 characters together"]}""");
    }

    // A path cannot tell a slash from "%2F": neither client may be taken for the other.
    [Theory]
    [InlineData("%2F")]
    [InlineData("%2f")]
    [InlineData("%252F")]
    public async Task IdWithASlash_IsNotFoundByPath(string inPath)
    {
        OAuthClient[] clients = [await OAuthClient.AddAsync(store, id: $"{_id}/"), await OAuthClient.AddAsync(store, id: $"{_id}%2F")];
        (await _admin.DeleteAsync($"/clients/{_id}{inPath}")).Is(404, NotFound);
        (await _admin.PostAsync($"/clients/{_id}{inPath}/rotate-secret", new { now = true })).Is(404, NotFound);
        foreach (var client in clients) (await client.TokenAsync()).Succeeded();
    }

    [Theory]
    [InlineData("a:b+c")]
    [InlineData("!$&'()*,;=@[]^`{|}~\"<>#?")]
    public async Task OtherSpecialCharacters_AreFoundByPath(string id)
    {
        id += _id;
        var client = await OAuthClient.AddAsync(store, id: id);
        Assert.Equal(204, (await _admin.DeleteAsync($"/clients/{Uri.EscapeDataString(id)}")).Status);
        Assert.Equal(401, (await client.TokenAsync()).Status);
    }

    private static string Text(Reply answer, string member) => JsonElement.Parse(answer.Body).GetProperty(member).GetString()!;

    private async Task<int> StatusAsync(string secret) => (await new OAuthClient(store, _id, secret).TokenAsync()).Status;
}
