using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using FrontDoor.TestKit;
using FrontDoor.TokenService.Tests.Storage;
using Xunit;

namespace FrontDoor.TokenService.Tests.Endpoints;

public sealed class SqliteObtainTests(SqliteStore store) : ObtainContract(store), IClassFixture<SqliteStore>;

public sealed class PostgreSqlObtainTests(PostgreSqlStore store) : ObtainContract(store), IClassFixture<PostgreSqlStore>;

/// <summary>Sign-in: what is accepted and what is refused (simplejwt contract, sections 1 to 3).</summary>
public abstract partial class ObtainContract(TestStore store) : StoreContract(store)
{
    private const string Refused = """{"detail":"No active account found with the given credentials"}""";

    private static readonly Dictionary<string, string> Good = new() { ["username"] = "alice", ["password"] = TokenServiceApp.Password };

    [Theory]
    [InlineData("/api/token/")]
    [InlineData("/api/token")]
    public async Task GoodCredentials_GetAPairRefreshFirst(string path)
    {
        var answer = await Client.PostAsync(path, JsonContent.Create(Good));
        Assert.Equal(200, answer.Status);
        Assert.Matches(PairBody(), answer.Body);
    }

    [Fact]
    public async Task TokenAnswer_CarriesTheContractsHeaders()
    {
        var answer = await Client.ObtainAsync();
        Assert.Equal("application/json", answer.Header("Content-Type"));
        Assert.Equal("no-store", answer.Header("Cache-Control"));
        Assert.Equal("POST, OPTIONS", answer.Header("Allow"));
        Assert.Equal("Accept", answer.Header("Vary"));
        Assert.Null(answer.Header("Server"));
        Assert.Null(answer.Header("WWW-Authenticate"));
    }

    [Fact]
    public async Task UrlEncodedForm_IsAccepted() =>
        (await Client.PostAsync("/api/token/", new FormUrlEncodedContent(Good))).Succeeded();

    [Fact]
    public async Task MultipartForm_IsAccepted()
    {
        using var form = new MultipartFormDataContent { { new StringContent("alice"), "username" }, { new StringContent(TokenServiceApp.Password), "password" } };
        (await Client.PostAsync("/api/token/", form)).Succeeded();
    }

    [Fact]
    public async Task JsonWithCharsetParameter_IsAccepted() =>
        (await Client.PostAsync("/api/token/", $$"""{"username":"alice","password":"{{TokenServiceApp.Password}}"}""", "application/json; charset=utf-8")).Succeeded();

    [Fact]
    public async Task RepeatedFormField_LastOneCounts() =>
        (await Client.PostAsync("/api/token/", "username=nobody&username=alice&password=x&password=correct+horse+battery+staple", "application/x-www-form-urlencoded")).Succeeded();

    [Fact]
    public async Task ExtraFields_AreIgnored() =>
        (await Client.PostAsync("/api/token/", JsonContent.Create(new { username = "alice", password = TokenServiceApp.Password, otp = 1, deep = new { er = new[] { 1 } } }))).Succeeded();

    [Fact]
    public async Task SpaceAroundUserName_IsTrimmed() => (await Client.ObtainAsync("  alice ")).Succeeded();

    [Fact]
    public async Task CredentialsInTheQuery_AreNotRead() => (await Client.PostAsync(
            $"/api/token/?username=alice&password={Uri.EscapeDataString(TokenServiceApp.Password)}", "{}"))
        .Is(400, """{"username":["This field is required."],"password":["This field is required."]}""");

    [Theory]
    [InlineData("Bearer", "junk")]
    [InlineData("Basic", "!!!")]
    [InlineData("Digest", null)]
    public async Task BadAuthorizationHeader_IsIgnored(string scheme, string? parameter) =>
        (await Client.PostAsync("/api/token/", JsonContent.Create(Good), new AuthenticationHeaderValue(scheme, parameter))).Succeeded();

    [Theory]
    [InlineData("alice", "wrong")]
    [InlineData("nobody", TokenServiceApp.Password)]
    [InlineData("alice", "Correct horse battery staple")]
    [InlineData("alice", " correct horse battery staple")]
    [InlineData("alice", "correct horse battery staple ")]
    [InlineData("alice", "correct horse battery stapl")]
    [InlineData("alice", "correct horse battery staplee")]
    [InlineData("' OR 1=1 --", "x")]
    [InlineData("\u202ealice", TokenServiceApp.Password)]
    [InlineData("ali\uffffce", TokenServiceApp.Password)]
    [InlineData("😀", "😀")]
    public async Task BadCredentials_AreAllRefusedAlike(string username, string password) => AssertRefused(await Client.ObtainAsync(username, password));

    [Fact]
    public async Task InactiveUser_IsRefusedLikeAWrongPassword()
    {
        var name = await App.AddUserAsync();
        (await Client.ObtainAsync(name)).Succeeded();
        await App.DisableAsync(name);
        AssertRefused(await Client.ObtainAsync(name));
        AssertRefused(await Client.ObtainAsync(name, "wrong"));
    }

    [Theory]
    [InlineData("  spaces outside  ")]
    [InlineData("tab\there and\nnew line")]
    [InlineData("Пароль-密码-🔑-ñ")]
    public async Task PasswordOfAnyText_IsComparedExactly(string password)
    {
        var name = await App.AddUserAsync(password);
        (await Client.ObtainAsync(name, password)).Succeeded();
        AssertRefused(await Client.ObtainAsync(name, password.Trim() + " "));
    }

    [Fact]
    public async Task LongPassword_IsNotTruncated()
    {
        var password = new string('p', 4096);
        var name = await App.AddUserAsync(password);
        (await Client.ObtainAsync(name, password)).Succeeded();
        AssertRefused(await Client.ObtainAsync(name, password[..^1]));
    }

    [Fact]
    public async Task EachSignIn_BeginsASessionOfItsOwn()
    {
        var (one, two) = (await Client.ObtainAsync(), await Client.ObtainAsync());
        Assert.NotEqual(Jwt.Claim(one.Access, "sid"), Jwt.Claim(two.Access, "sid"));
        Assert.NotEqual(Jwt.Claim(one.Access, "jti"), Jwt.Claim(two.Access, "jti"));
        Assert.NotEqual(Jwt.Claim(one.Refresh, "jti"), Jwt.Claim(two.Refresh, "jti"));
    }

    private static void AssertRefused(Reply answer)
    {
        answer.Is(401, Refused);
        Assert.Equal("Bearer realm=\"api\"", answer.Header("WWW-Authenticate"));
        Assert.Equal("no-store", answer.Header("Cache-Control"));
    }

    [GeneratedRegex("""^\{"refresh":"[\w-]+\.[\w-]+\.[\w-]+","access":"[\w-]+\.[\w-]+\.[\w-]+"\}$""")]
    private static partial Regex PairBody();
}
