using System.Text.Json;
using FrontDoor.TestKit;
using FrontDoor.TokenService.Tests.Audit;
using Xunit;

namespace FrontDoor.TokenService.Tests.Commands;

/// <summary>The commands that do something, with <c>--json</c>: what programs read.</summary>
public sealed class JsonOutputTests : IAsyncDisposable
{
    private readonly TestFolder _folder = new();
    private readonly TokenServiceApp _app;
    private readonly TokenClient _client;

    public JsonOutputTests()
    {
        _app = TokenServiceApp.Start(folder: _folder);
        _client = new TokenClient(_app.Address);
        _folder.Write("appsettings.json", """{"Users":{"HashIterations":100000,"TrimPasswords":true}}""");
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Users_AreWrittenAsInTheList_AndWhatWasDoneToThemWithTheSessionsThatEnded()
    {
        // The service would trim what is typed; so does the command.
        var added = await JsonAsync("  a long enough password \n", "users", "add", "zoe", "--role", "ops");
        Assert.Equal(["id", "userName", "displayName", "email", "active", "lockoutEnd", "roles"], Names(added));
        Assert.Equal("""["ops"]""", Compact(added.GetProperty("roles")));
        (await _client.ObtainAsync("zoe", "a long enough password")).Succeeded();
        var id = added.GetProperty("id").GetString()!;
        Assert.Equal(await _app.IdAsync("zoe"), id);

        await AssertChangedAsync(1, "\ta second password\n", "users", "reset-password", "zoe");
        (await _client.ObtainAsync("zoe", "a second password")).Succeeded();
        await AssertChangedAsync(1, "", "users", "disable", "zoe");
        await AssertChangedAsync(0, "", "users", "enable", "zoe");
        await AssertChangedAsync(0, "", "users", "roles", "zoe");
        await AssertChangedAsync(0, "", "users", "set", "zoe", "--phone", "1");
        await AssertChangedAsync(0, "", "users", "delete", "zoe", "--yes");

        async Task AssertChangedAsync(int ended, string input, params string[] command)
        {
            var changed = await JsonAsync(input, command);
            Assert.Equal(["id", "userName", "sessionsEnded"], Names(changed));
            Assert.Equal((id, "zoe", ended), (changed.GetProperty("id").GetString(), changed.GetProperty("userName").GetString(), changed.GetProperty("sessionsEnded").GetInt32()));
        }
    }

    [Fact]
    public async Task ImportSessionsKeysAndSecrets_AreWritten()
    {
        var dump = _folder.Write("users.csv", "id,username,password,first_name,last_name,email,is_active,is_staff,is_superuser\n7,eve,!unusable,,,,1,0,0\n");
        Assert.Equal("""{"added":1,"existing":0,"withoutPassword":{"unusable":1}}""", Compact(await JsonAsync("", "users", "import", dump)));

        await _client.ObtainAsync();
        Assert.Equal("""{"ended":1}""", Compact(await JsonAsync("", "sessions", "end", "--user", "alice")));
        Assert.Equal("""{"ended":1}""", Compact(await JsonAsync("", "sessions", "end", Jwt.Claim((await _client.ObtainAsync()).Access, "sid")!)));

        var made = await JsonAsync("", "keys", "rotate");
        Assert.Equal(["kid", "algorithm", "state", "signsFrom"], Names(made));
        Assert.Equal("next", made.GetProperty("state").GetString());
        var revoked = await JsonAsync("", "keys", "revoke", made.GetProperty("kid").GetString()!);
        Assert.Equal("revoked", revoked.GetProperty("state").GetString());

        var file = _folder.File("secrets.json");
        var first = await JsonAsync("", "keys", "new-secret", file);
        Assert.Equal(["file", "current", "next", "previous"], Names(first));
        Assert.Equal(JsonValueKind.Null, first.GetProperty("next").ValueKind);
        Assert.Equal(["kid", "algorithm"], Names(first.GetProperty("current")));
        await JsonAsync("", "keys", "new-secret", file);
        var used = await JsonAsync("", "keys", "use-next", file);
        Assert.Equal(Compact(first.GetProperty("current")), Compact(used.GetProperty("previous")));

        await JsonAsync("", "clients", "add", "billing");
        Assert.Equal("""{"id":"billing"}""", Compact(await JsonAsync("", "clients", "remove", "billing")));
    }

    [Fact]
    public async Task Check_SaysWhetherAllIsInOrder()
    {
        Assert.Equal("""{"inOrder":true,"keys":1}""", Compact(await JsonAsync("", "check")));
        Assert.Equal("""{"upToDate":true}""", Compact(await JsonAsync("", "migrate")));
        _folder.Write("appsettings.json", """{"Users":{"HashQueue":-1,"OnDisable":"7"}}""");
        var result = await ServiceProcess.CommandAsync(_folder, "", "check", "--json");
        Assert.Equal((1, 0), (result.ExitCode, result.Errors.Length));
        Assert.Equal(
            """{"inOrder":false,"faults":["Users:OnDisable is '7'; legal values are EndSessions, Suspend","Users:HashQueue is -1; it must be from 0 to 10000"]}""",
            Compact(JsonElement.Parse(result.Output)).Replace("\\u0027", "'", StringComparison.Ordinal));
    }

    private static string[] Names(JsonElement view) => [.. view.EnumerateObject().Select(p => p.Name)];

    private static string Compact(JsonElement view) => JsonSerializer.Serialize(view);

    private async Task<JsonElement> JsonAsync(string input, params string[] command) =>
        JsonElement.Parse((await ServiceProcess.CommandAsync(_folder, input, [.. command, "--json"])).Succeeded());
}
