using System.Net.Http.Json;
using FrontDoor.TokenService.Tests.Storage;
using FrontDoor.TokenService.Tests.Users;
using Xunit;

namespace FrontDoor.TokenService.Tests.Endpoints;

public sealed class SqliteCookieModeTests(SqliteStore store) : CookieModeContract(store), IClassFixture<SqliteStore>;

public sealed class PostgreSqlCookieModeTests(PostgreSqlStore store) : CookieModeContract(store), IClassFixture<PostgreSqlStore>;

/// <summary>The refresh token in a cookie.</summary>
public abstract class CookieModeContract(TestStore store) : StoreContract(store)
{
    private const string Origin = "http://localhost:8080";

    public override ValueTask InitializeAsync()
    {
        Store.Services ??= new FastHasher().Replace;
        return base.InitializeAsync();
    }

    [Fact]
    public async Task SignInByCookie_KeepsTheRefreshTokenOutOfTheBodyAndOfScripts()
    {
        var answer = await SignInAsync();
        Assert.StartsWith("""{"access":""", answer.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("refresh", answer.Body, StringComparison.Ordinal);

        var attributes = answer.Header("Set-Cookie")!.Split("; ")[1..];
        Assert.Equal(["max-age=86400", "path=/api/token", "secure", "samesite=strict", "httponly"], attributes.Select(a => a.ToLowerInvariant()));
    }

    [Fact]
    public async Task RefreshByCookie_RotatesItAndAnswersAccessAlone()
    {
        var first = Cookie(await SignInAsync());
        var rotated = await PostAsync("/api/token/refresh/", first, Origin);
        Assert.StartsWith("""{"access":""", rotated.Succeeded().Body, StringComparison.Ordinal);
        Assert.DoesNotContain("refresh", rotated.Body, StringComparison.Ordinal);
        Assert.NotEqual(first, Cookie(rotated));
        (await PostAsync("/api/token/refresh/", Cookie(rotated), Origin)).Succeeded();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("null")]
    [InlineData("https://evil.test")]
    [InlineData("http://localhost:8081")]
    [InlineData("http://sub.localhost:8080")]
    public async Task CookieFromAnotherOrigin_IsNotLookedAt(string? origin)
    {
        var cookie = Cookie(await SignInAsync());
        (await PostAsync("/api/token/refresh/", cookie, origin)).Is(400, """{"refresh":["This field is required."]}""");
        (await PostAsync("/api/token/blacklist/", cookie, origin)).Is(400, """{"refresh":["This field is required."]}""");
        (await PostAsync("/api/token/refresh/", cookie, Origin)).Succeeded();
    }

    [Fact]
    public async Task SignOutByCookie_EndsTheSessionAndDeletesTheCookie()
    {
        var cookie = Cookie(await SignInAsync());
        var signedOut = (await PostAsync("/api/token/blacklist/", cookie, Origin)).Is(200, "{}");
        Assert.Contains("expires=Thu, 01 Jan 1970", signedOut.Header("Set-Cookie")!, StringComparison.Ordinal);
        (await PostAsync("/api/token/refresh/", cookie, Origin)).Is(401, Reply.TokenNotValid("Token is blacklisted"));
    }

    [Fact]
    public async Task RefreshField_ComesBeforeTheCookie()
    {
        var cookie = Cookie(await SignInAsync());
        var pair = await Client.ObtainAsync();
        var request = new HttpRequestMessage(HttpMethod.Post, "/api/token/refresh/") { Content = JsonContent.Create(new { refresh = pair.Refresh }) };
        request.Headers.Add("Cookie", cookie);
        request.Headers.Add("Origin", Origin);
        var answer = await Client.SendAsync(request);
        Assert.Equal(Jwt.Claim(pair.Refresh, "sid"), Jwt.Claim(answer.Refresh, "sid"));
        Assert.Null(answer.Header("Set-Cookie"));
    }

    [Theory]
    [InlineData("\"yes\"")]
    [InlineData("1")]
    [InlineData("null")]
    [InlineData("\"\\ud800\"")]
    public async Task CookieThatIsNoTruthValue_Is400(string value) =>
        (await Client.PostAsync("/api/token/", $$"""{"username":"alice","password":"x","cookie":{{value}}}""")).Is(400, """{"cookie":["Must be a valid boolean."]}""");

    [Theory]
    [InlineData(null)]
    [InlineData("https://evil.test")]
    public async Task SignInByCookieFromAnotherOrigin_IsRefusedAndSetsNone(string? origin)
    {
        var answer = await SignInAsync(origin);
        answer.Is(400, """{"cookie":["Cookie mode needs a request from a page of the issuer's own origin."]}""");
        Assert.Null(answer.Header("Set-Cookie"));
    }

    private Task<Reply> SignInAsync(string? origin = Origin)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/api/token/")
        {
            Content = JsonContent.Create(new { username = "alice", password = TestKit.TokenServiceApp.Password, cookie = true }),
        };
        if (origin is not null) request.Headers.Add("Origin", origin);
        return Client.SendAsync(request);
    }

    private Task<Reply> PostAsync(string path, string cookie, string? origin)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path);
        request.Headers.Add("Cookie", cookie);
        if (origin is not null) request.Headers.Add("Origin", origin);
        return Client.SendAsync(request);
    }

    private static string Cookie(Reply answer) => answer.Succeeded().Header("Set-Cookie")!.Split(';')[0];
}
