using System.Text.Json;
using FrontDoor.TestKit;
using FrontDoor.TokenService.Tests.Storage;
using Xunit;

namespace FrontDoor.TokenService.Tests.Endpoints;

public sealed class SqliteMethodAndMediaTests(SqliteStore store) : MethodAndMediaContract(store), IClassFixture<SqliteStore>;

public sealed class PostgreSqlMethodAndMediaTests(PostgreSqlStore store) : MethodAndMediaContract(store), IClassFixture<PostgreSqlStore>;

/// <summary>Methods, negotiation and sizes: the simplejwt contract, section 1.</summary>
public abstract class MethodAndMediaContract(TestStore store) : StoreContract(store)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static TheoryData<string> Paths => ["/api/token/", "/api/token", "/api/token/refresh/", "/api/token/verify/", "/api/token/blacklist"];

    [Theory]
    [InlineData("GET")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("PATCH")]
    public async Task OtherMethod_IsNotAllowed(string method)
    {
        foreach (var path in Paths)
        {
            var answer = await SendAsync(method, path);
            answer.Is(405, $$"""{"detail":"Method \"{{method}}\" not allowed."}""");
            Assert.Equal("POST, OPTIONS", answer.Header("Allow"));
            Assert.Equal("no-store", answer.Header("Cache-Control"));
        }
    }

    [Fact]
    public async Task Head_Is405WithoutBody()
    {
        var answer = await RawHttp.RequestAsync(App.Address, "HEAD", "/api/token/");
        Assert.Equal(405, RawHttp.Status(answer));
        Assert.EndsWith("\r\n\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("Allow: POST, OPTIONS\r\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Options_DescribesTheEndpoint()
    {
        foreach (var path in Paths)
        {
            var metadata = JsonElement.Parse((await SendAsync("OPTIONS", path)).Succeeded().Body);
            Assert.NotEmpty(metadata.GetProperty("name").GetString()!);
            Assert.Equal(JsonValueKind.String, metadata.GetProperty("description").ValueKind);
            Assert.Equal(["application/json"], metadata.GetProperty("renders").EnumerateArray().Select(v => v.GetString()));
            Assert.Equal(
                ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"],
                metadata.GetProperty("parses").EnumerateArray().Select(v => v.GetString()));
        }
    }

    [Theory]
    [InlineData("/api/token/", """{"username":{"type":"string","required":true,"read_only":false,"label":"Username"},"password":{"type":"string","required":true,"read_only":false,"label":"Password"},"scope":{"type":"string","required":false,"read_only":false,"label":"Scope"},"cookie":{"type":"boolean","required":false,"read_only":false,"label":"Cookie"}}""")]
    [InlineData("/api/token/refresh", """{"refresh":{"type":"string","required":true,"read_only":false,"label":"Refresh"},"scope":{"type":"string","required":false,"read_only":false,"label":"Scope"}}""")]
    [InlineData("/api/token/verify/", """{"token":{"type":"string","required":true,"read_only":false,"label":"Token"}}""")]
    [InlineData("/api/token/blacklist/", """{"refresh":{"type":"string","required":true,"read_only":false,"label":"Refresh"}}""")]
    [InlineData("/api/password/", """{"old_password":{"type":"string","required":true,"read_only":false,"label":"Old password"},"new_password":{"type":"string","required":true,"read_only":false,"label":"New password"}}""")]
    public async Task Options_NamesTheFieldsOfThePost(string path, string fields) =>
        Assert.Equal($$"""{"POST":{{fields}}}""", JsonElement.Parse((await SendAsync("OPTIONS", path)).Succeeded().Body).GetProperty("actions").GetRawText());

    [Theory]
    [InlineData("text/html")]
    [InlineData("application/xml, text/*")]
    [InlineData("application/json;q=0")]
    [InlineData("junk")]
    public async Task AcceptWithoutJson_IsNotAcceptable(string accept) =>
        (await SendAsync("POST", "/api/token/", accept)).Is(406, """{"detail":"Could not satisfy the request Accept header."}""");

    [Theory]
    [InlineData("*/*")]
    [InlineData("application/json")]
    [InlineData("application/*")]
    [InlineData("text/html, application/json;q=0.1")]
    [InlineData("application/json; indent=4")]
    [InlineData("text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2")] // java.net.HttpURLConnection
    public async Task AcceptWithJson_IsAnswered(string accept) =>
        Assert.Equal(400, (await SendAsync("POST", "/api/token/", accept)).Status);

    [Theory]
    [InlineData("text/plain", "text/plain")]
    [InlineData("application/xml", "application/xml")]
    [InlineData("application/json-patch+json", "application/json-patch+json")]
    [InlineData("junk", "junk")]
    [InlineData("text/\"quoted\"", "text/\\\"quoted\\\"")]
    [InlineData(null, "")]
    public async Task OtherMediaType_IsUnsupported(string? type, string named) => (await Client.PostAsync("/api/token/", "{}", type))
        .Is(415, $$"""{"detail":"Unsupported media type \"{{named}}\" in request."}""");

    [Fact]
    public async Task LargeBody_IsRefusedWithAndWithoutLength()
    {
        var body = $$"""{"username":"alice","password":"{{new string('x', 70_000)}}"}""";
        (await Client.PostAsync("/api/token/", body)).Is(413, """{"detail":"Request body is larger than 65536 bytes."}""");

        var chunk = $"{body.Length:x}\r\n{body}\r\n0\r\n\r\n";
        var answer = await RawHttp.SendAsync(
            App.Address,
            $"POST /api/token/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n{chunk}",
            Cancelled);
        Assert.Equal(413, RawHttp.Status(answer));
    }

    [Fact]
    public async Task BodyAtTheLimit_IsRead()
    {
        const string Start = """{"username":"nobody","password":"x","padding":" """;
        Assert.Equal(401, (await Client.PostAsync("/api/token/", Start.TrimEnd() + new string('x', 65536 - Start.TrimEnd().Length - 2) + "\"}")).Status);
    }

    [Fact]
    public async Task BodyCutShort_IsNoServerError()
    {
        var answer = await RawHttp.SendAsync(
            App.Address,
            "POST /api/token/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            Cancelled);
        Assert.Equal(400, RawHttp.Status(answer));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/api/token/unknown/")]
    [InlineData("/api/token//")]
    [InlineData("/api/")]
    public async Task OtherPath_IsNotFound(string path) => Assert.Equal(404, (await SendAsync("POST", path)).Status);

    private Task<Reply> SendAsync(string method, string path, string? accept = null)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (accept is not null) request.Headers.TryAddWithoutValidation("Accept", accept);
        return Client.SendAsync(request);
    }
}
