using System.Text.Json;
using FrontDoor.TestKit;
using FrontDoor.TokenService.Tests.Storage;
using FrontDoor.TokenService.Tests.Users;
using Xunit;

namespace FrontDoor.TokenService.Tests.Endpoints;

public sealed class SqliteSessionsApiTests(SqliteStore store) : SessionsApiContract(store), IClassFixture<SqliteStore>;

public sealed class PostgreSqlSessionsApiTests(PostgreSqlStore store) : SessionsApiContract(store), IClassFixture<PostgreSqlStore>;

/// <summary>A user's own sessions.</summary>
public abstract class SessionsApiContract(TestStore store) : StoreContract(store)
{
    private static readonly string NotValid = Reply.TokenNotValid("Given token not valid for any token type");

    private string _name = "";

    public override async ValueTask InitializeAsync()
    {
        Store.Services ??= new FastHasher().Replace;
        await base.InitializeAsync();
        _name = await App.AddUserAsync();
    }

    [Fact]
    public async Task List_ShowsMyDevicesAndMarksThisOne()
    {
        var laptop = await SignInAsync("laptop/1");
        var started = Clock.GetUtcNow();
        Clock.Advance(TimeSpan.FromMinutes(1));
        var phone = await SignInAsync("phone/2");
        await Client.ObtainAsync("root");
        Clock.Advance(TimeSpan.FromMinutes(1));
        laptop = await Client.RefreshAsync(laptop.Refresh);

        var answer = (await ListAsync(phone)).Succeeded();
        Assert.Equal(("no-store", "application/json"), (answer.Header("Cache-Control"), answer.Header("Content-Type")?.Split(';')[0]));
        var sessions = JsonElement.Parse(answer.Body).EnumerateArray().ToArray();
        Assert.Equal([(Sid(laptop), "laptop/1", false), (Sid(phone), "phone/2", true)], sessions.Select(s =>
            (s.GetProperty("id").GetString()!, s.GetProperty("device").GetString()!, s.GetProperty("current").GetBoolean())));
        Assert.All(sessions, s => Assert.Equal("127.0.0.1", s.GetProperty("address").GetString()));
        Assert.Equal(
            (started, started.AddMinutes(2), started.AddMinutes(2).AddDays(1)),
            (Time(sessions[0], "created_at"), Time(sessions[0], "last_seen_at"), Time(sessions[0], "expires_at")));
        Assert.DoesNotContain(Jwt.Claim(laptop.Refresh, "jti")!, answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EndOne_IsOverForBothItsTokensAndNoOther()
    {
        var (mine, other) = (await SignInAsync(), await SignInAsync());
        Assert.Equal(204, (await DeleteAsync($"/api/sessions/{Sid(other)}", mine)).Status);
        (await DeleteAsync($"/api/sessions/{Sid(other)}", mine)).Is(404, """{"detail":"Not found."}""");

        (await Client.RefreshAsync(other.Refresh)).Is(401, Reply.TokenNotValid("Token is blacklisted"));
        (await Client.VerifyAsync(other.Access)).Is(400, """{"non_field_errors":["Token is blacklisted"]}""");
        (await ListAsync(other)).Is(401, NotValid);
        (await Client.VerifyAsync(mine.Access)).Is(200, "{}");
        Assert.Equal([Sid(mine)], await IdsAsync(mine));
    }

    [Fact]
    public async Task SomeoneElsesSession_IsNotFoundAndLives()
    {
        var (mine, theirs) = (await SignInAsync(), await Client.ObtainAsync("root"));
        (await DeleteAsync($"/api/sessions/{Sid(theirs)}", mine)).Is(404, """{"detail":"Not found."}""");
        (await DeleteAsync("/api/sessions/no-such-session", mine)).Is(404, """{"detail":"Not found."}""");
        (await Client.RefreshAsync(theirs.Refresh)).Succeeded();
    }

    [Fact]
    public async Task EndOthers_KeepsThisOne()
    {
        var (mine, second, third) = (await SignInAsync(), await SignInAsync(), await SignInAsync());
        (await DeleteAsync("/api/sessions?others=true", mine)).Is(200, """{"ended":2}""");
        Assert.Equal([Sid(mine)], await IdsAsync(mine));
        foreach (var pair in new[] { second, third }) Assert.Equal(401, (await Client.RefreshAsync(pair.Refresh)).Status);
        (await DeleteAsync("/api/sessions?others=true", mine)).Is(200, """{"ended":0}""");
    }

    [Fact]
    public async Task EndAll_TakesThisOneToo()
    {
        var (mine, second) = (await SignInAsync(), await SignInAsync());
        var bystander = await Client.ObtainAsync("root");
        (await DeleteAsync("/api/sessions/", mine)).Is(200, """{"ended":2}""");
        foreach (var pair in new[] { mine, second })
        {
            (await Client.RefreshAsync(pair.Refresh)).Is(401, Reply.TokenNotValid("Token is blacklisted"));
            (await ListAsync(pair)).Is(401, NotValid);
        }

        (await Client.RefreshAsync(bystander.Refresh)).Succeeded();
    }

    [Theory]
    [InlineData("false")]
    [InlineData("1")]
    [InlineData("TRUE")]
    [InlineData("true&others=true")]
    public async Task BadOthers_EndsNothing(string others)
    {
        var mine = await SignInAsync();
        (await DeleteAsync($"/api/sessions?others={others}", mine)).Is(400, """{"others":["Must be true or absent."]}""");
        (await Client.RefreshAsync(mine.Refresh)).Succeeded();
    }

    [Fact]
    public async Task ExpiredSession_IsNoLongerListed()
    {
        await SignInAsync();
        Clock.Advance(TimeSpan.FromDays(1));
        var mine = await SignInAsync();
        Assert.Equal([Sid(mine)], await IdsAsync(mine));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Basic YTpi")]
    [InlineData("Bearer")]
    public async Task NoAccessToken_IsAskedFor(string? authorization)
    {
        var answer = await Client.SendAsync(HttpMethod.Get, "/api/sessions", null, authorization is null ? [] : [("Authorization", authorization)]);
        answer.Is(401, """{"detail":"Authentication credentials were not provided."}""");
        Assert.Equal(("Bearer realm=\"api\"", "no-store"), (answer.Header("WWW-Authenticate"), answer.Header("Cache-Control")));
    }

    [Fact]
    public async Task RefreshTokenOrJunk_IsNoAccessToken()
    {
        var mine = await SignInAsync();
        foreach (var token in new[] { mine.Refresh, "junk", "" })
            (await Client.SendAsync(HttpMethod.Get, "/api/sessions", token)).Is(401, token == "" ? """{"detail":"Authentication credentials were not provided."}""" : NotValid);
    }

    [Fact]
    public async Task ExpiredAccessToken_IsNotValid()
    {
        var mine = await SignInAsync();
        Clock.Advance(TimeSpan.FromMinutes(5));
        (await ListAsync(mine)).Is(401, NotValid);
        (await DeleteAsync("/api/sessions", mine)).Is(401, NotValid);
        (await Client.RefreshAsync(mine.Refresh)).Succeeded();
    }

    [Fact]
    public async Task DisabledUser_CannotList()
    {
        var mine = await SignInAsync();
        await App.DisableAsync(_name);
        (await ListAsync(mine)).Is(401, NotValid);
    }

    private static string Sid(Reply pair) => Jwt.Claim(pair.Access, "sid")!;

    private static DateTimeOffset Time(JsonElement session, string member) => session.GetProperty(member).GetDateTimeOffset();

    private Task<Reply> SignInAsync(string device = "test/1") => Client.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/api/token/")
    {
        Headers = { { "User-Agent", device } },
        Content = new FormUrlEncodedContent([new("username", _name), new("password", TokenServiceApp.Password)]),
    });

    private Task<Reply> ListAsync(Reply pair) => Client.SendAsync(HttpMethod.Get, "/api/sessions", pair.Access);

    private Task<Reply> DeleteAsync(string path, Reply pair) => Client.SendAsync(HttpMethod.Delete, path, pair.Access);

    private async Task<IEnumerable<string?>> IdsAsync(Reply pair) =>
        JsonElement.Parse((await ListAsync(pair)).Succeeded().Body).EnumerateArray().Select(s => s.GetProperty("id").GetString());
}
