using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.Observability;

public sealed partial class AccessLogTests : IAsyncLifetime
{
    private const string Password = "hunter2-secret";

    private FakeIssuer _issuer = null!;
    private TestServer _backend = null!;
    private GatewayApp _gateway = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _issuer = await FakeIssuer.StartAsync();
        _backend = await TestServer.StartAsync();
        _gateway = await GatewayApp.StartAsync(_issuer.Trust, _backend.Address);
        _client = Client.For(_gateway.Address);
    }

    [Fact]
    public async Task ForwardedRequest_IsOneLineWithUserRouteAndDestination()
    {
        await SendAsync("GET", "/api/echo/x%20y?q=1", $"Bearer {_issuer.Token()}");
        Assert.Matches("^GET /api/echo/x%20y 200 [0-9]+\\.[0-9] ms upstream=[0-9]+\\.[0-9] client=127\\.0\\.0\\.1 request=[0-9a-f]{32} user=42 token=[0-9a-f]{32} route=echo destination=(first|second) reason=-$", await LineAsync());
    }

    [Theory]
    [InlineData("GET", "/nowhere", 404, "-", "not_found")]
    [InlineData("GET", "/index.html", 200, "-", "-")]
    [InlineData("GET", "/api/echo/x", 401, "echo", "not_authenticated")]
    [InlineData("POST", "/api/public/echo/%2e%2e", 400, "-", "target_ambiguous_escape")]
    [InlineData("DELETE", "/api/orders/1", 401, "-", "not_authenticated")]
    public async Task RequestWithoutUser_HasItsReason(string method, string path, int status, string route, string reason)
    {
        await SendAsync(method, path, null);
        Assert.Matches($"^{method} {Regex.Escape(path)} {status} [0-9.]+ ms upstream=- client=127.0.0.1 request=[0-9a-f]{{32}} user=- token=- route={route} destination=- reason={reason}$", await LineAsync());
    }

    [Theory]
    [InlineData("\u001b[31mred", "%1B[31mred")]
    [InlineData("a\u000bb\u0008", "a%0Bb%08")]
    [InlineData("\u007f", "%7F")]
    public async Task ControlCharactersOfAPath_AreSpeltOut(string sent, string logged)
    {
        Assert.Equal(400, RawHttp.Status(await RawHttp.RequestAsync(_gateway.Address, "GET", "/api/public/echo/" + sent)));
        Assert.StartsWith($"GET /api/public/echo/{logged} 400 ", await LineAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task EachRefusalOfAToken_HasItsOwnReason()
    {
        (string Authorization, string Reason)[] cases =
        [
            ("Bearer", "bad_authorization_header"),
            ("Bearer junk", "token_MalformedToken"),
            ("Bearer " + _issuer.Token(c => c["exp"] = 1), "token_Expired"),
            ("Bearer " + _issuer.Token(c => c["nbf"] = 4102444800), "token_NotYetValid"),
            ("Bearer " + _issuer.Token(c => c["aud"] = "other"), "token_Audience"),
            ("Bearer " + _issuer.Token(c => c["iss"] = "other"), "token_UnknownIssuer"),
            ("Bearer " + _issuer.Token(c => c["token_type"] = "refresh"), "token_WrongType"),
            ("Bearer " + _issuer.Token(header: h => h["alg"] = "none"), "token_Algorithm"),
            ("Bearer " + _issuer.Token(header: h => h["typ"] = "JWT"), "token_WrongType"),
            ("Bearer " + _issuer.Token(header: h => h["kid"] = "other"), "token_UnknownKey"),
            ("Bearer " + _issuer.Token()[..^20] + new string('A', 20), "token_Signature"),
        ];
        for (var i = 0; i < cases.Length; i++)
        {
            await SendAsync("GET", "/api/echo/x", cases[i].Authorization);
            Assert.EndsWith($" user=- token=- route=echo destination=- reason={cases[i].Reason}", await LineAsync(i + 1), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task ForbiddenRequest_NamesUserAndPolicy()
    {
        await SendAsync("GET", "/api/admin/x", $"Bearer {_issuer.Token()}");
        Assert.Matches(" user=42 token=[0-9a-f]{32} route=admin destination=- reason=policy_admin$", await LineAsync());
    }

    [Fact]
    public async Task SubjectWithLineBreaksAndSpaces_ForgesNothing()
    {
        await SendAsync("GET", "/api/echo/x", $"Bearer {_issuer.Token(c => c["sub"] = "1\r\nGET /forged 200 user=root")}");
        Assert.Contains(" user=1%0D%0AGET%20/forged%20200%20user=root token=", await LineAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Secrets_AreInNoLine()
    {
        var (good, expired, forged) = (_issuer.Token(), _issuer.Token(c => c["exp"] = 1), _issuer.Token() + "AAAA");
        foreach (var token in new[] { good, expired, forged })
        {
            await SendAsync("GET", $"/api/echo/x?access_token={token}&password={Password}", $"Bearer {token}");
            await SendAsync("GET", $"/api/public/echo/x?password={Password}", $"Bearer {token}");
            await SendAsync("POST", $"/api/token/?password={Password}", $"Bearer {token}", $$"""{"username":"alice","password":"{{Password}}"}""");
            await SendAsync("GET", $"/nowhere?password={Password}", $"Basic {Password}");
        }

        await LineAsync(12);
        foreach (var secret in new[] { good, expired, forged, good.Split('.')[2], expired.Split('.')[1], Password, "access_token", "password" })
            Assert.DoesNotContain(_gateway.Logs.All, l => l.Contains(secret, StringComparison.Ordinal));
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _gateway.DisposeAsync();
        await _backend.DisposeAsync();
        await _issuer.DisposeAsync();
    }

    [GeneratedRegex("^Information FrontDoor\\.Gateway\\.Observability\\.AccessLog: (.*) $", RegexOptions.Singleline)]
    private static partial Regex AccessLine();

    // The line is written when the answer is already here. The one for the kit's own health check does not count.
    private async Task<string> LineAsync(int count = 1)
    {
        string[] lines = [];
        await Until.TrueAsync(() => (lines = [.. Lines()]).Length >= count, $"{count} lines of access log");
        Assert.Equal(count, lines.Length);
        return lines[^1];

        IEnumerable<string> Lines() => _gateway.Logs.All.Select(l => AccessLine().Match(l)).Where(m => m.Success)
            .Select(m => m.Groups[1].Value).Where(l => !l.StartsWith("GET /health/live", StringComparison.Ordinal));
    }

    private async Task SendAsync(string method, string target, string? authorization, string? body = null)
    {
        if (target.Contains("%2e", StringComparison.Ordinal))
        {
            // A client library would resolve the dots.
            Assert.NotEmpty(await RawHttp.RequestAsync(_gateway.Address, method, target));
            return;
        }

        using var request = new HttpRequestMessage(new HttpMethod(method), target);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (authorization is not null) request.Headers.TryAddWithoutValidation("Authorization", authorization);
        using var answer = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.NotEqual(HttpStatusCode.InternalServerError, answer.StatusCode);
    }
}
