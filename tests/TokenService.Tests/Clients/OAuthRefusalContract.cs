using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using FrontDoor.TestKit;
using FrontDoor.TokenService.Tests.Storage;
using Xunit;

namespace FrontDoor.TokenService.Tests.Clients;

public sealed class SqliteOAuthRefusalTests(SqliteStore store) : OAuthRefusalContract(store), IClassFixture<SqliteStore>;

public sealed class PostgreSqlOAuthRefusalTests(PostgreSqlStore store) : OAuthRefusalContract(store), IClassFixture<PostgreSqlStore>;

/// <summary>Every refusal of the OAuth endpoints (RFC 6749 section 5.2), the same on every database.</summary>
public abstract class OAuthRefusalContract(TestStore store) : IAsyncLifetime
{
    private const string Grant = "grant_type=client_credentials";

    public static TheoryData<string> Paths => ["/oauth/token", "/oauth/revoke", "/oauth/introspect", "/oauth/token/"];

    public async ValueTask InitializeAsync()
    {
        store.Settings["Users:Throttle:FailuresPerAddress"] = "100000";
        await store.StartAsync();
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("/oauth/token", "", "invalid_request")]
    [InlineData("/oauth/token", "grant_type=", "invalid_request")]
    [InlineData("/oauth/token", "GRANT_TYPE=client_credentials", "invalid_request")]
    [InlineData("/oauth/token", "grant_type=client_credentials&grant_type=client_credentials", "invalid_request")]
    [InlineData("/oauth/token", Grant + "&scope=orders:read&scope=orders:write", "invalid_request")]
    [InlineData("/oauth/token", Grant + "&x=1&x=", "invalid_request")]
    [InlineData("/oauth/token", Grant + "&client_secret=secret", "invalid_request")]
    [InlineData("/oauth/token", Grant + "&client_id=another", "invalid_request")]
    [InlineData("/oauth/token", "grant_type=password&username=alice&password=x", "unsupported_grant_type")]
    [InlineData("/oauth/token", "grant_type=refresh_token&refresh_token=x", "unsupported_grant_type")]
    [InlineData("/oauth/token", "grant_type=authorization_code", "unsupported_grant_type")]
    [InlineData("/oauth/token", "grant_type=Client_Credentials", "unsupported_grant_type")]
    [InlineData("/oauth/token", Grant + "&scope=admin", "invalid_scope")]
    [InlineData("/oauth/token", Grant + "&scope=orders:read+admin", "invalid_scope")]
    [InlineData("/oauth/token", Grant + "&scope=ORDERS:READ", "invalid_scope")]
    [InlineData("/oauth/token", Grant + "&scope=orders:read++orders:write", "invalid_scope")]
    [InlineData("/oauth/token", Grant + "&scope=+", "invalid_scope")]
    [InlineData("/oauth/token", Grant + "&scope=orders:read%00", "invalid_scope")]
    [InlineData("/oauth/revoke", "", "invalid_request")]
    [InlineData("/oauth/revoke", "token=", "invalid_request")]
    [InlineData("/oauth/revoke", "token=a&token=b", "invalid_request")]
    [InlineData("/oauth/introspect", "", "invalid_request")]
    [InlineData("/oauth/introspect", "token=", "invalid_request")]
    [InlineData("/oauth/introspect", "token=a&token_type_hint=access_token&token_type_hint=refresh_token", "invalid_request")]
    public async Task AuthenticatedRequestThatIsWrong_Is400(string path, string body, string error)
    {
        var client = await OAuthClient.AddAsync(store);
        AssertRefused(await PostAsync(path, body, OAuthClient.Basic($"{client.Id}:{client.Secret}")), 400, error);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Basic")]
    [InlineData("Basic ")]
    [InlineData("Basic *not-base64*")]
    [InlineData("Basic bm8tY29sb24=")] // no-colon
    [InlineData("Basic OnNlY3JldA==")] // :secret
    [InlineData("Basic /zph")] // bytes that are no UTF-8
    [InlineData("Basic JTAwOmE=")] // %00:a
    [InlineData("Basic JXp6OiV6eg==")] // %zz:%zz
    [InlineData("Bearer abc")]
    [InlineData("Digest username=x")]
    public async Task MissingOrMalformedAuthentication_Is401(string? field)
    {
        foreach (var path in Paths) AssertUnauthenticated(await PostAsync(path, Grant + "&token=x", field is null ? null : AuthenticationHeaderValue.Parse(field)));
    }

    [Theory]
    [InlineData("client_id={id}")]
    [InlineData("client_secret={secret}")]
    [InlineData("client_id={id}&client_secret=")]
    [InlineData("client_id={id}&client_secret=wrong")]
    [InlineData("client_id={id}&client_secret={secret}%20")]
    [InlineData("client_id={id}x&client_secret={secret}")]
    [InlineData("client_id=&client_secret={secret}")]
    [InlineData("client_id=a%00b&client_secret={secret}")]
    [InlineData("client_id=%F0%9F%98%80&client_secret={secret}")]
    [InlineData("client_id=%FF&client_secret=%FF")]
    public async Task WrongAuthenticationInTheBody_Is401(string body)
    {
        var client = await OAuthClient.AddAsync(store);
        body = body.Replace("{id}", client.Id, StringComparison.Ordinal).Replace("{secret}", client.Secret, StringComparison.Ordinal);
        AssertUnauthenticated(await PostAsync("/oauth/token", Grant + "&" + body));
        Assert.Equal(401, (await PostAsync("/oauth/token?" + body, Grant)).Status); // never from the query
    }

    [Fact]
    public async Task WrongIdCase_OrAUsersPassword_Is401()
    {
        var client = await OAuthClient.AddAsync(store);
        AssertUnauthenticated(await (client with { Id = client.Id.ToUpperInvariant() }).TokenAsync());
        AssertUnauthenticated(await (client with { Id = "alice", Secret = TokenServiceApp.Password }).TokenAsync());
        AssertUnauthenticated(await (client with { Secret = client.Secret.ToUpperInvariant() }).TokenAsync());
        AssertUnauthenticated(await (client with { Secret = new string('x', 10_000) }).TokenAsync());
    }

    [Theory]
    [InlineData("%EF%BF%BE")] // U+FFFE
    [InlineData("%F0%9F%98%80", 200)]
    [InlineData("x%F0%9F%98%80", 200)]
    [InlineData("%ED%A0%80")] // a lone surrogate
    [InlineData("x", 20_000)]
    public async Task IdThatNobodyCanHave_Is401(string id, int times = 1) =>
        AssertUnauthenticated(await PostAsync("/oauth/token", $"{Grant}&client_secret=x&client_id={string.Concat(Enumerable.Repeat(id, times))}"));

    [Fact]
    public async Task SameIdRepeatedInTheBody_IsNoSecondAuthentication()
    {
        var client = await OAuthClient.AddAsync(store);
        (await client.PostAsync("/oauth/token", ("grant_type", "client_credentials"), ("client_id", client.Id))).Succeeded();
    }

    [Fact]
    public async Task TwoAuthorizationFields_Is400()
    {
        var client = await OAuthClient.AddAsync(store);
        var field = $"Authorization: {OAuthClient.Basic($"{client.Id}:{client.Secret}")}\r\n";
        var answer = await RawHttp.SendAsync(
            store.App.Address,
            $"POST /oauth/token HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{field}{field}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {Grant.Length}\r\n\r\n{Grant}",
            TestContext.Current.CancellationToken);
        Assert.Equal(400, RawHttp.Status(answer));
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("multipart/form-data; boundary=x")]
    [InlineData("text/plain")]
    [InlineData("junk")]
    [InlineData(null)]
    public async Task OtherMediaType_Is415(string? type)
    {
        foreach (var path in Paths) AssertRefused(await store.Client.PostAsync(path, Grant, type), 415, "invalid_request");
    }

    [Fact]
    public async Task BodyPastTheLimit_Is413()
    {
        var client = await OAuthClient.AddAsync(store);
        foreach (var path in Paths)
        {
            foreach (var size in new[] { 66_000, 1_000_000 })
                AssertRefused(await PostAsync(path, "token=" + new string('x', size), OAuthClient.Basic($"{client.Id}:{client.Secret}")), 413, "invalid_request");
        }
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("OPTIONS")]
    public async Task OtherMethod_Is405(string method)
    {
        foreach (var path in Paths)
        {
            var answer = await store.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
            Assert.Equal((405, "POST"), (answer.Status, answer.Header("Allow")));
        }
    }

    [Fact]
    public async Task FailuresOfAClientFromAnAddress_AreThrottled_OthersAreNot()
    {
        var (client, other) = (await OAuthClient.AddAsync(store), await OAuthClient.AddAsync(store));
        for (var i = 0; i < 10; i++) AssertUnauthenticated(await (client with { Secret = "wrong" }).TokenAsync());
        foreach (var again in new[] { client, client with { Secret = "wrong" } })
        {
            var answer = await again.TokenAsync();
            AssertRefused(answer, 429, "temporarily_unavailable");
            Assert.InRange(int.Parse(answer.Header("Retry-After")!, System.Globalization.CultureInfo.InvariantCulture), 1, 60);
        }

        (await other.TokenAsync()).Succeeded();
        var elsewhere = new HttpRequestMessage(HttpMethod.Post, "/oauth/token")
        {
            Content = OAuthClient.Form(("grant_type", "client_credentials")),
            Headers = { Authorization = OAuthClient.Basic($"{client.Id}:{client.Secret}") },
        };
        elsewhere.Headers.Add("X-Forwarded-For", "203.0.113.9"); // the gateway is trusted to say so
        (await store.Client.SendAsync(elsewhere)).Succeeded();
    }

    [Fact]
    public async Task FailedSignInsUnderWhateverName_DoNotCountForAClient()
    {
        var client = await OAuthClient.AddAsync(store);
        foreach (var name in new[] { $"client 127.0.0.1 {client.Id}", $"client ::ffff:127.0.0.1 {client.Id}" })
        {
            for (var i = 0; i < 11; i++) Assert.NotEqual(200, (await store.Client.ObtainAsync(name, "wrong")).Status);
        }

        (await client.TokenAsync()).Succeeded();
    }

    private Task<Reply> PostAsync(string path, string body, AuthenticationHeaderValue? authorization = null)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded");
        return store.Client.PostAsync(path, content, authorization);
    }

    private static void AssertUnauthenticated(Reply answer)
    {
        AssertRefused(answer, 401, "invalid_client");
        Assert.StartsWith("Basic realm=", answer.Header("WWW-Authenticate"), StringComparison.Ordinal);
    }

    private static void AssertRefused(Reply answer, int status, string error)
    {
        Assert.True(answer.Status == status, answer.ToString());
        var body = JsonElement.Parse(answer.Body);
        Assert.Equal(error, body.GetProperty("error").GetString());
        Assert.NotEmpty(body.GetProperty("error_description").GetString()!);
        Assert.Equal(("no-store", "no-cache"), (answer.Header("Cache-Control"), answer.Header("Pragma")));
    }
}
