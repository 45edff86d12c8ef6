using System.Text.Json;
using FrontDoor.TestKit;
using FrontDoor.TokenService.Tests.Audit;
using FrontDoor.TokenService.Tests.Revocations;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace FrontDoor.TokenService.Tests.Commands;

/// <summary>Commands as processes of their own, on the database of a service that runs.</summary>
public sealed class UserCommandsTests : IAsyncDisposable
{
    private const string Password = "a new user's password";

    private readonly TestFolder _folder = new();
    private readonly TokenServiceApp _app;
    private readonly TokenClient _client;

    public UserCommandsTests()
    {
        _app = TokenServiceApp.Start(new Dictionary<string, string?> { ["Revocations:FeedKeyFile"] = _folder.Write("feed-key", FeedClient.Key) }, _folder);
        _client = new TokenClient(_app.Address);
        // The command finds it where the service keeps its data: ./data.
        _folder.Write("appsettings.json", """{"Users":{"HashIterations":100000}}""");
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task AddedUser_SignsInWithThePasswordFromStandardInput()
    {
        var output = (await RunAsync(Password + "\n", "users", "add", "zoë", "--display-name", "Zoë Ä", "--role", "admin", "--role", "ops")).Succeeded();
        Assert.Matches("^Added zoë with id [0-9a-f]{32}\n$", output);
        var pair = await _client.ObtainAsync("zoë", Password);
        Assert.Equal(("Zoë Ä", """["admin","ops"]"""), (Jwt.Claim(pair.Access, "name"), Jwt.Claim(pair.Access, "roles")));

        var users = JsonElement.Parse((await RunAsync("", "users", "list", "--json")).Succeeded()).EnumerateArray().ToArray();
        Assert.Equal(["alice", "root", "zoë"], users.Select(u => u.GetProperty("userName").GetString()));
        Assert.Equal(["admin", "ops"], users[2].GetProperty("roles").EnumerateArray().Select(r => r.GetString()));
        Assert.DoesNotContain(users[2].EnumerateObject(), p => p.Name.Contains("password", StringComparison.OrdinalIgnoreCase));
        Assert.Contains("zoë", (await RunAsync("", "users", "list")).Succeeded(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task UserThatCannotBeAdded_IsOneLine()
    {
        (await RunAsync(Password, "users", "add", "alice")).Failed("Username 'alice' is already taken.");
        (await RunAsync("short\n", "users", "add", "zoe")).Failed("Passwords must be at least 8 characters.");
        (await RunAsync("", "users", "add", "zoe")).Failed("No password on standard input");
        // There is no way to give it where the machine's other users see it.
        var argument = await RunAsync("", "users", "add", "zoe", "--password", Password);
        Assert.NotEqual(0, argument.ExitCode);
        Assert.Equal(401, (await _client.ObtainAsync("zoe", Password)).Status);
    }

    [Fact]
    public async Task Disable_EndsSessionsAndSignInUntilEnable()
    {
        var (pair, other) = (await _client.ObtainAsync(), await _client.ObtainAsync("root"));
        await using var feed = await FeedClient.OpenAsync(_app);
        await feed.NextAsync();
        Assert.Equal("Disabled alice; 1 session(s) ended\n", (await RunAsync("", "users", "disable", "alice")).Succeeded());

        Assert.Equal([$"session:{Jwt.Claim(pair.Access, "sid")}"], (await feed.NextAsync()).Entries);
        Assert.Equal(401, (await _client.RefreshAsync(pair.Refresh)).Status);
        Assert.Equal(401, (await _client.ObtainAsync()).Status);
        (await _client.RefreshAsync(other.Refresh)).Succeeded();

        Assert.Equal("Enabled alice\n", (await RunAsync("", "users", "enable", "alice")).Succeeded());
        (await _client.ObtainAsync()).Succeeded();
        Assert.Equal(401, (await _client.RefreshAsync(pair.Refresh)).Status);
    }

    [Fact]
    public async Task ResetPassword_TakesTheNewOneAlone()
    {
        var pair = await _client.ObtainAsync();
        Assert.Equal("Password of alice set; 1 session(s) ended\n", (await RunAsync(Password + "\n", "users", "reset-password", "alice")).Succeeded());
        Assert.Equal(401, (await _client.ObtainAsync()).Status);
        (await _client.ObtainAsync("alice", Password)).Succeeded();
        (await _client.RefreshAsync(pair.Refresh)).Is(401, """{"detail":"The user's password has been changed."}""");
        (await RunAsync("short", "users", "reset-password", "alice")).Failed("Passwords must be at least 8 characters.");
        (await _client.ObtainAsync("alice", Password)).Succeeded();
    }

    [Fact]
    public async Task Delete_AsksOrIsToldNotTo()
    {
        var pair = await _client.ObtainAsync();
        (await RunAsync("y\n", "users", "delete", "alice")).Failed("Standard input is no terminal, so nobody can be asked. To go on without: --yes");
        (await _client.RefreshAsync(pair.Refresh)).Succeeded();
        Assert.Equal("Deleted alice; 1 session(s) ended\n", (await RunAsync("", "users", "delete", "ALICE", "--yes")).Succeeded());
        Assert.Equal(401, (await _client.RefreshAsync(pair.Refresh)).Status);
        (await RunAsync("", "users", "delete", "alice", "--yes")).Failed("There is no user 'alice'");
    }

    [Fact]
    public async Task LastAdministrator_StaysUnlessForced()
    {
        const string Refusal = "'root' is the last active user with the role 'admin'. Give it to another user first";
        string[][] commands = [["delete", "root", "--yes"], ["disable", "root"], ["roles", "root", "ops"]];
        foreach (var command in commands) (await RunAsync("", ["users", .. command])).Failed(Refusal);
        (await _client.ObtainAsync("root")).Succeeded();

        _folder.Write("appsettings.json", JsonSerializer.Serialize(new { Users = new { HashIterations = 100000, Seed = new { Root = new { PasswordFile = _folder.File("password") } } } }));
        var result = await RunAsync("", "users", "delete", "root", "--yes", "--force");
        Assert.Equal("Deleted root; 1 session(s) ended\n", result.Succeeded());
        Assert.Equal(["root stands in Users:Seed and will be made again at the next start; remove that entry, too"], result.Errors);
    }

    [Fact]
    public async Task Set_ChangesFieldsAndClaims()
    {
        Assert.Equal("Set alice\n", (await RunAsync("", "users", "set", "alice", "--email", "a@example.com", "--display-name", "", "--claim", "team=a", "--claim", "team=b")).Succeeded());
        Assert.Equal("alice", Jwt.Claim((await _client.ObtainAsync()).Access, "name"));
        var users = JsonElement.Parse((await RunAsync("", "users", "list", "--json")).Succeeded());
        Assert.Equal("a@example.com", users[0].GetProperty("email").GetString());
        Assert.Equal(["team=a", "team=b"], await _app.QueryAsync(db => db.UserClaims.OrderBy(c => c.Id).Select(c => c.ClaimType + "=" + c.ClaimValue).ToListAsync()));
        (await RunAsync("", "users", "set", "alice", "--claim", "team")).Failed("'team' is not type=value");
        (await RunAsync("", "users", "set", "alice")).Succeeded();
        var row = Assert.Single(await _app.AuditAsync(e => e.Event == "user.changed"));
        Assert.Equal(("command", await _app.IdAsync("alice"), "email, display_name, claim team"), (row.Actor, row.Subject, row.Detail));
    }

    [Fact]
    public async Task UsersWithoutAddress_RefuseAStartByEmail_UntilTheyHaveOne()
    {
        const string Fault = "Users:LoginField is Email, but these users have no e-mail address of their own: alice, root. Give each one: users set <user> --email <address>";
        _folder.Write("appsettings.json", """{"Users":{"HashIterations":100000,"LoginField":"Email"},"Kestrel":{"Endpoints":{"Http":{"Url":"http://127.0.0.1:0"}}}}""");
        (await RunAsync("", "check")).Failed(Fault);
        Assert.Equal((1, $"token-service: {Fault}"), await StartedAsync());
        (await RunAsync("", "users", "set", "alice", "--email", "one@example.com")).Succeeded();
        (await RunAsync("", "users", "set", "root", "--email", "ONE@example.com")).Failed("Email 'ONE@example.com' is already taken.");
        (await RunAsync("", "users", "set", "root", "--email", "two@example.com")).Succeeded();
        (await RunAsync("", "check")).Succeeded();
        Assert.Equal("Disabled root; 0 session(s) ended\n", (await RunAsync("", "users", "disable", "two@example.com", "--force")).Succeeded());

        async Task<(int, string)> StartedAsync()
        {
            var (exitCode, errors) = await ServiceProcess.RunAsync(_folder);
            return (exitCode, string.Join('\n', errors));
        }
    }

    [Fact]
    public async Task Roles_AreSetAndBroughtByTheNextRefresh()
    {
        var pair = await _client.ObtainAsync("root");
        Assert.Equal("Roles of root: ops, zoo keeper; 0 session(s) ended\n", (await RunAsync("", "users", "roles", "root", "ops", "zoo keeper", "--force")).Succeeded());
        pair = await _client.RefreshAsync(pair.Refresh);
        Assert.Equal("""["ops","zoo keeper"]""", Jwt.Claim(pair.Access, "roles"));
        Assert.Equal("Roles of root: none; 0 session(s) ended\n", (await RunAsync("", "users", "roles", "root")).Succeeded());
        Assert.Equal("[]", Jwt.Claim((await _client.RefreshAsync(pair.Refresh)).Access, "roles"));
        (await RunAsync("", "users", "roles", "root", "two\u001froles")).Failed("Role name 'two\u001froles' is invalid.");
    }

    [Theory]
    [InlineData("users", "set", "nobody", "--email", "a@example.com")]
    [InlineData("users", "roles", "nobody", "admin")]
    [InlineData("users", "disable", "nobody")]
    [InlineData("users", "enable", "nobody")]
    [InlineData("users", "reset-password", "nobody")]
    [InlineData("users", "delete", "nobody", "--yes")]
    [InlineData("sessions", "list", "nobody")]
    [InlineData("sessions", "end", "--user", "nobody")]
    public async Task UnknownUser_IsOneLine(params string[] command) => (await RunAsync(Password, command)).Failed("There is no user 'nobody'");

    [Fact]
    public async Task Sessions_AreListedAndEnded()
    {
        Reply[] pairs = [await _client.ObtainAsync(), await _client.ObtainAsync(), await _client.ObtainAsync()];
        var sids = pairs.Select(p => Jwt.Claim(p.Access, "sid")!).ToArray();
        var listed = JsonElement.Parse((await RunAsync("", "sessions", "list", "alice", "--json")).Succeeded()).EnumerateArray().Select(s => s.GetProperty("id").GetString());
        Assert.Equal(sids.Order(), listed.Order());

        Assert.Equal($"Ended {sids[0]}\n", (await RunAsync("", "sessions", "end", sids[0])).Succeeded());
        (await RunAsync("", "sessions", "end", sids[0])).Failed($"There is no living session {sids[0]}");
        (await _client.RefreshAsync(pairs[0].Refresh)).Is(401, Reply.TokenNotValid("Token is blacklisted"));
        Assert.Equal("Ended 2 session(s) of alice\n", (await RunAsync("", "sessions", "end", "--user", "alice")).Succeeded());
        foreach (var pair in pairs) Assert.Equal(401, (await _client.RefreshAsync(pair.Refresh)).Status);
        (await RunAsync("", "sessions", "end")).Failed("Name either a session or --user, not both");
    }

    private Task<CommandResult> RunAsync(string input, params string[] arguments) => ServiceProcess.CommandAsync(_folder, input, arguments);
}
