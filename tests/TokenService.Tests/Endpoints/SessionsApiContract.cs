using System.Text.Json;
using FrontDoor.TestKit;
using FrontDoor.TokenService.Tests.Storage;
using FrontDoor.TokenService.Tests.Users;
using FrontDoor.TokenService.Users;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace FrontDoor.TokenService.Tests.Endpoints;

public sealed class SqliteSessionsApiTests(SqliteStore store) : SessionsApiContract(store), IClassFixture<SqliteStore>;

public sealed class PostgreSqlSessionsApiTests(PostgreSqlStore store) : SessionsApiContract(store), IClassFixture<PostgreSqlStore>;

/// <summary>A user's own sessions, the same on every database.</summary>
public abstract class SessionsApiContract(TestStore store) : StoreContract(store)
{
    private const string InvalidToken = "Bearer realm=\"api\", error=\"invalid_token\""; // RFC 6750 section 3.1

    private static readonly string Blacklisted = Reply.AccessTokenNotValid("Token is blacklisted");

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
    public async Task List_IsPagedByLink()
    {
        var pairs = new List<Reply>();
        for (var i = 0; i < 5; i++)
        {
            // Two of one instant, too.
            if (i != 2) Clock.Advance(TimeSpan.FromSeconds(1));
            pairs.Add(await SignInAsync());
        }

        var (seen, sizes, path) = (new List<string>(), new List<int>(), (string?)"/api/sessions?limit=2");
        while (path is not null)
        {
            var page = (await Client.SendAsync(HttpMethod.Get, path, pairs[^1].Access)).Succeeded();
            var ids = JsonElement.Parse(page.Body).EnumerateArray().Select(s => s.GetProperty("id").GetString()!).ToArray();
            seen.AddRange(ids);
            sizes.Add(ids.Length);
            path = page.Header("Link")?.Split('<', '>')[1];
        }

        Assert.Equal([2, 2, 1], sizes);
        Assert.Equal(Sid(pairs[4]), seen[0]);
        Assert.Equal(Sid(pairs[0]), seen[4]);
        Assert.Equal(pairs.Select(Sid).Order(), seen.Order());
        Assert.Null((await ListAsync(pairs[0])).Header("Link"));
    }

    [Theory]
    [InlineData("limit=0", """{"limit":["Ensure this value is greater than or equal to 1."]}""")]
    [InlineData("limit=501", """{"limit":["Ensure this value is less than or equal to 500."]}""")]
    [InlineData("before=5", """{"before":["Take it from the Link field of the page before."]}""")]
    [InlineData("before=-5.a", """{"before":["Take it from the Link field of the page before."]}""")]
    [InlineData("page=2", """{"page":["This parameter is not known."]}""")]
    public async Task FaultyQuery_Is400(string query, string faults) =>
        (await Client.SendAsync(HttpMethod.Get, $"/api/sessions?{query}", (await SignInAsync()).Access)).Is(400, faults);

    [Fact]
    public async Task EndOne_IsOverForBothItsTokensAndNoOther()
    {
        var (mine, other) = (await SignInAsync(), await SignInAsync());
        Assert.Equal(204, (await DeleteAsync($"/api/sessions/{Sid(other)}", mine)).Status);
        (await DeleteAsync($"/api/sessions/{Sid(other)}", mine)).Is(404, """{"detail":"Not found."}""");

        (await Client.RefreshAsync(other.Refresh)).Is(401, Reply.TokenNotValid("Token is blacklisted"));
        (await Client.VerifyAsync(other.Access)).Is(400, """{"non_field_errors":["Token is blacklisted"]}""");
        (await ListAsync(other)).Is(401, Blacklisted);
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
            (await ListAsync(pair)).Is(401, Blacklisted);
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
    [InlineData("")]
    [InlineData("Basic YTpi")]
    [InlineData("Bearerx a.b.c")]
    public async Task NoAccessToken_IsAskedFor(string? authorization)
    {
        var answer = await SendAsync(authorization);
        answer.Is(401, """{"detail":"Authentication credentials were not provided."}""");
        Assert.Equal(("Bearer realm=\"api\"", "no-store"), (answer.Header("WWW-Authenticate"), answer.Header("Cache-Control")));
    }

    [Theory]
    [InlineData("Bearer")]
    [InlineData("bearer ")]
    [InlineData("Bearer a.b.c d")]
    [InlineData("Bearer a.b.c, Bearer d.e.f")]
    public async Task FieldOfOtherThanTwoParts_IsToldSo(string authorization)
    {
        var answer = await SendAsync(authorization);
        answer.Is(401, """{"detail":"Authorization header must contain two space-delimited values","code":"bad_authorization_header"}""");
        Assert.Equal(InvalidToken, answer.Header("WWW-Authenticate"));
    }

    [Theory]
    [InlineData("Bearer  ")]
    [InlineData("bEARER ")]
    public async Task SchemeInAnyCaseAndSpaces_AreTaken(string scheme) => (await SendAsync(scheme + (await SignInAsync()).Access)).Succeeded();

    [Fact]
    public async Task RefreshTokenOrJunk_IsNoAccessToken()
    {
        (await Client.SendAsync(HttpMethod.Get, "/api/sessions", (await SignInAsync()).Refresh)).Is(401, Reply.AccessTokenNotValid("Token has wrong type"));
        var answer = await Client.SendAsync(HttpMethod.Get, "/api/sessions", "junk");
        answer.Is(401, Reply.AccessTokenNotValid("Token is invalid"));
        Assert.Equal(InvalidToken, answer.Header("WWW-Authenticate"));
    }

    [Fact]
    public async Task UserWhoIsNoLongerWhoSignedIn_IsToldWhy()
    {
        const string Inactive = """{"detail":"User is inactive","code":"user_inactive"}""";
        var mine = await SignInAsync();
        await AdministerAsync(users => users.ResetPasswordAsync(_name, TokenServiceApp.Password, CancellationToken.None));
        var changed = await ListAsync(mine);
        changed.Is(401, """{"detail":"The user's password has been changed.","code":"password_changed"}""");
        Assert.Equal(InvalidToken, changed.Header("WWW-Authenticate"));

        mine = await SignInAsync();
        await App.DisableAsync(_name); // the session lives
        (await ListAsync(mine)).Is(401, Inactive);
        await AdministerAsync(users => users.DisableAsync(_name, CancellationToken.None)); // and is ended
        (await ListAsync(mine)).Is(401, Inactive);

        await AdministerAsync(users => users.DeleteAsync(_name, CancellationToken.None));
        (await ListAsync(mine)).Is(401, """{"detail":"User not found","code":"user_not_found"}""");
    }

    [Fact]
    public async Task ExpiredAccessToken_IsNotValid()
    {
        var mine = await SignInAsync();
        Clock.Advance(TimeSpan.FromMinutes(5));
        var expired = Reply.AccessTokenNotValid("Token is expired");
        (await ListAsync(mine)).Is(401, expired);
        (await DeleteAsync("/api/sessions", mine)).Is(401, expired);
        (await Client.RefreshAsync(mine.Refresh)).Succeeded();
    }

    private static string Sid(Reply pair) => Jwt.Claim(pair.Access, "sid")!;

    private static DateTimeOffset Time(JsonElement session, string member) => session.GetProperty(member).GetDateTimeOffset();

    private Task<Reply> SignInAsync(string device = "test/1") => Client.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/api/token/")
    {
        Headers = { { "User-Agent", device } },
        Content = new FormUrlEncodedContent([new("username", _name), new("password", TokenServiceApp.Password)]),
    });

    private Task<Reply> ListAsync(Reply pair) => Client.SendAsync(HttpMethod.Get, "/api/sessions", pair.Access);

    private Task<Reply> SendAsync(string? authorization) =>
        Client.SendAsync(HttpMethod.Get, "/api/sessions", null, authorization is null ? [] : [("Authorization", authorization)]);

    private async Task AdministerAsync(Func<UserAdministration, Task> act)
    {
        await using var scope = App.Services.CreateAsyncScope();
        await act(scope.ServiceProvider.GetRequiredService<UserAdministration>());
    }

    private Task<Reply> DeleteAsync(string path, Reply pair) => Client.SendAsync(HttpMethod.Delete, path, pair.Access);

    private async Task<IEnumerable<string?>> IdsAsync(Reply pair) =>
        JsonElement.Parse((await ListAsync(pair)).Succeeded().Body).EnumerateArray().Select(s => s.GetProperty("id").GetString());
}
