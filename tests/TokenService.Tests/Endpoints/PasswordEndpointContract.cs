using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using FrontDoor.TestKit;
using FrontDoor.TokenService.Tests.Audit;
using FrontDoor.TokenService.Tests.Storage;
using FrontDoor.TokenService.Tests.Users;
using FrontDoor.TokenService.Users;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace FrontDoor.TokenService.Tests.Endpoints;

public sealed class SqlitePasswordEndpointTests(SqliteStore store) : PasswordEndpointContract(store), IClassFixture<SqliteStore>;

public sealed class PostgreSqlPasswordEndpointTests(PostgreSqlStore store) : PasswordEndpointContract(store), IClassFixture<PostgreSqlStore>;

/// <summary>Users change their own password.</summary>
public abstract class PasswordEndpointContract(TestStore store) : StoreContract(store)
{
    private const string New = "another long password";
    private const string NoCredentials = """{"detail":"Authentication credentials were not provided."}""";

    private string _name = "";

    public override async ValueTask InitializeAsync()
    {
        Store.Services ??= new FastHasher().Replace;
        Store.Settings["Users:ConcurrentHashes"] = "2";
        await base.InitializeAsync();
        _name = await App.AddUserAsync();
    }

    [Fact]
    public async Task RightOldPassword_ChangesItAndEndsTheOtherSessions()
    {
        var here = await Client.ObtainAsync(_name);
        var elsewhere = await Client.ObtainAsync(_name);
        var somebody = await Client.ObtainAsync("root");

        (await ChangeAsync(Client, here.Access, TokenServiceApp.Password, New)).Is(200, "{}");

        (await Client.RefreshAsync(here.Refresh)).Succeeded();
        // In simplejwt's words at the refresh, and there alone.
        (await Client.RefreshAsync(elsewhere.Refresh)).Is(401, """{"detail":"The user's password has been changed."}""");
        (await Client.VerifyAsync(elsewhere.Refresh)).Is(400, """{"non_field_errors":["Token is blacklisted"]}""");
        (await Client.BlacklistAsync(elsewhere.Refresh)).Is(401, Reply.TokenNotValid("Token is blacklisted"));
        (await Client.RefreshAsync(somebody.Refresh)).Succeeded();
        Assert.Equal(401, (await Client.ObtainAsync(_name)).Status);
        (await Client.ObtainAsync(_name, New)).Succeeded();
    }

    [Theory]
    [InlineData("not JSON", "application/json")]
    [InlineData("x", "text/plain")]
    [InlineData(null, "application/json")] // larger than any body may be
    public async Task WithoutToken_IsRefusedWhateverTheBodyIs(string? body, string type)
    {
        using var http = new HttpClient { BaseAddress = App.Address };
        using var content = new StringContent(body ?? new string(' ', 65 * 1024), new MediaTypeHeaderValue(type));
        using var answer = await http.PostAsync(new Uri("/api/password", UriKind.Relative), content, TestContext.Current.CancellationToken);
        AssertUnauthorized(await Reply.ReadAsync(answer), NoCredentials);
    }

    [Fact]
    public async Task Faults_AreNamedByFieldAndChangeNothing()
    {
        var pair = await Client.ObtainAsync(_name);

        (await ChangeAsync(Client, pair.Access, "wrong password", New)).Is(400, """{"old_password":["The old password is wrong."]}""");
        (await ChangeAsync(Client, pair.Access, TokenServiceApp.Password, "short")).Is(400, """{"new_password":["Passwords must be at least 8 characters."]}""");
        (await ChangeAsync(Client, pair.Access, null, null)).Is(400, """{"old_password":["This field may not be null."],"new_password":["This field may not be null."]}""");
        (await Client.ObtainAsync(_name)).Succeeded();
        (await Client.RefreshAsync(pair.Refresh)).Succeeded();
    }

    [Fact]
    public async Task WithoutALivingSession_Is401()
    {
        var pair = await Client.ObtainAsync(_name);

        AssertUnauthorized(await Client.PostAsync("/api/password/", JsonContent.Create(new { })), NoCredentials);
        AssertUnauthorized(await ChangeAsync(Client, pair.Refresh, TokenServiceApp.Password, New), Reply.AccessTokenNotValid("Token has wrong type"));
        await Client.BlacklistAsync(pair.Refresh);
        AssertUnauthorized(await ChangeAsync(Client, pair.Access, TokenServiceApp.Password, New), Reply.AccessTokenNotValid("Token is blacklisted"));
        (await Client.ObtainAsync(_name)).Succeeded();
    }

    [Fact]
    public async Task GuessingTheOldPassword_IsThrottledLikeSignIn()
    {
        await using var app = await Store.StartApartAsync(null, ("Users:Throttle:FailuresPerAccount", "3"), ("Users:Throttle:Window", "01:00:00"));
        using var client = new TokenClient(app.Address);
        var pair = await client.ObtainAsync();
        for (var i = 0; i < 3; i++) Assert.Equal(400, (await ChangeAsync(client, pair.Access, $"guess number {i}", New)).Status);

        var throttled = await ChangeAsync(client, pair.Access, TokenServiceApp.Password, New);
        var seconds = int.Parse(throttled.Header("Retry-After")!, CultureInfo.InvariantCulture);
        throttled.Is(429, $$"""{"detail":"Request was throttled. Expected available in {{seconds}} seconds."}""");
        Assert.InRange(seconds, 1, 3600);
    }

    [Fact]
    public async Task TwoChangesAtOnce_OneWinsAndTheOtherIsToldOfTheConflict()
    {
        var pair = await Client.ObtainAsync(_name);
        var hasher = (FastHasher)App.Services.GetRequiredService<IPasswordHasher<User>>();
        hasher.Hold();
        string[] passwords = ["the first long password", "the second long password"];
        var changes = passwords.Select(password => ChangeAsync(Client, pair.Access, TokenServiceApp.Password, password)).ToArray();
        await Until.TrueAsync(() => hasher.Held == 2, "both are checking the old password");
        hasher.Release();
        var answers = await Task.WhenAll(changes);

        Assert.Equal([200, 409], answers.Select(a => a.Status).Order());
        answers.Single(a => a.Status == 409).Is(409, """{"detail":"It was changed by another request. Try again."}""");
        foreach (var (answer, password) in answers.Zip(passwords))
            Assert.Equal(answer.Status == 200 ? 200 : 401, (await Client.ObtainAsync(_name, password)).Status);
        var id = Jwt.Claim(pair.Access, "user_id");
        Assert.Single(await App.AuditAsync(e => e.Subject == id && e.Event == "password.changed"));
    }

    private static void AssertUnauthorized(Reply answer, string body)
    {
        answer.Is(401, body);
        Assert.StartsWith("Bearer realm=\"api\"", answer.Header("WWW-Authenticate"), StringComparison.Ordinal);
    }

    private static Task<Reply> ChangeAsync(TokenClient client, string access, string? oldPassword, string? newPassword) =>
        client.PostAsync("/api/password/", JsonContent.Create(new { old_password = oldPassword, new_password = newPassword }), new AuthenticationHeaderValue("Bearer", access));
}
