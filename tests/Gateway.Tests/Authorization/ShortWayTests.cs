using System.Text.RegularExpressions;
using FrontDoor.Gateway.Tests.Observability;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.Authorization;

/// <summary>A route that takes tokens from the Authorization field alone refuses on the short way, one that takes them from a cookie as well on the framework's: in the same words, and counted once.</summary>
public sealed partial class ShortWayTests : IAsyncLifetime
{
    private FakeIssuer _issuer = null!;
    private TestServer _backend = null!;
    private GatewayApp _gateway = null!;

    public async ValueTask InitializeAsync()
    {
        (_issuer, _backend) = (await FakeIssuer.StartAsync(), await TestServer.StartAsync());
        var settings = new Dictionary<string, string?>
        {
            ["Policies:auditors:Roles:Any:0"] = "auditor",
            ["Policies:trial:Roles:Any:0"] = "auditor",
            ["Policies:trial:DryRun"] = "true",
        };
        foreach (var policy in new[] { "Default", "auditors", "trial" })
        {
            foreach (var way in new[] { "short", "whole" })
            {
                var route = $"{way}-{policy}";
                settings[$"ReverseProxy:Routes:{route}:ClusterId"] = "sample";
                settings[$"ReverseProxy:Routes:{route}:AuthorizationPolicy"] = policy;
                settings[$"ReverseProxy:Routes:{route}:Match:Path"] = $"/{route}/{{**rest}}";
                if (way == "whole") settings[$"Credentials:Routes:{route}:Cookie"] = "__Host-access";
            }
        }

        _gateway = await GatewayApp.StartAsync(_issuer.Trust, _backend.Address, settings);
    }

    [Theory]
    [InlineData("", "none")]
    [InlineData("Authorization: Basic YTpi\r\n", "none")]
    [InlineData("Authorization: Bearer\r\n", "MalformedHeader")]
    [InlineData("Authorization: Bearer a b\r\n", "MalformedHeader")]
    [InlineData("Authorization: Bearer {token}\r\nAuthorization: Bearer {token}\r\n", "MalformedHeader")]
    [InlineData("Authorization: Bearer a.b.c\r\n", "MalformedToken")]
    [InlineData("Authorization: Bearer {forged}\r\n", "Signature")]
    [InlineData("Authorization: Bearer {expired}\r\n", "Expired")]
    [InlineData("Authorization: Bearer {refresh}\r\n", "WrongType")]
    [InlineData("Authorization: Bearer {stranger}\r\n", "UnknownIssuer")]
    public async Task TokenThatDoesNotCount_IsRefusedInTheSameWords_AndCountedOnce(string fields, string outcome)
    {
        var token = _issuer.Token();
        fields = fields
            .Replace("{token}", token, StringComparison.Ordinal)
            .Replace("{forged}", token[..^4] + (token.EndsWith("AAAA", StringComparison.Ordinal) ? "BBBB" : "AAAA"), StringComparison.Ordinal)
            .Replace("{expired}", _issuer.Token(claims => claims["exp"] = 1_000_000_000), StringComparison.Ordinal)
            .Replace("{refresh}", _issuer.Token(header: head => head["typ"] = "rt+jwt"), StringComparison.Ordinal)
            .Replace("{stranger}", _issuer.Token(claims => claims["iss"] = "https://stranger.test"), StringComparison.Ordinal);
        foreach (var policy in new[] { "Default", "auditors", "trial" })
        {
            foreach (var method in new[] { "GET", "HEAD", "DELETE" })
            {
                var (shortWay, wholeWay) = (await AskAsync(method, $"/short-{policy}/x", fields), await AskAsync(method, $"/whole-{policy}/x", fields));
                Assert.Equal(401, RawHttp.Status(shortWay.Answer));
                Assert.Equal(wholeWay.Answer, shortWay.Answer);
                Assert.Equal([new(outcome, 1L)], shortWay.Counted);
                Assert.Equal([new(outcome, 1L)], wholeWay.Counted);
            }
        }

        Assert.Empty(_backend.Received);
    }

    [Theory]
    [InlineData("Default", 200)]
    [InlineData("auditors", 403)]
    [InlineData("trial", 200)]
    public async Task GoodToken_IsJudgedByItsPolicy_AndCountedOnce(string policy, int status)
    {
        var fields = $"Authorization: Bearer {_issuer.Token()}\r\n";
        foreach (var (way, outcome) in new[] { ("short", "validated"), ("whole", "remembered") })
        {
            var (answer, counted) = await AskAsync("GET", $"/{way}-{policy}/x", fields);
            Assert.Equal(status, RawHttp.Status(answer));
            Assert.Equal([new(outcome, 1L)], counted);
        }
    }

    /// <returns>The answer but for what differs from one to the next, and the outcomes that were counted meanwhile.</returns>
    private async Task<(string Answer, KeyValuePair<string, long>[] Counted)> AskAsync(string method, string path, string fields)
    {
        using var outcomes = new Counts(_gateway.Services, "gateway.authentication.results");
        var answer = await RawHttp.SendAsync(
            _gateway.Address, $"{method} {path} HTTP/1.1\r\nHost: localhost\r\n{fields}Connection: close\r\n\r\n", TestContext.Current.CancellationToken);
        return (Own().Replace(answer, "$1"), outcomes.All);
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _backend.DisposeAsync();
        await _issuer.DisposeAsync();
    }

    [GeneratedRegex("""(Date: |X-Request-Id: |"traceId":"|"requestId":")[^"\r]*""", RegexOptions.IgnoreCase)]
    private static partial Regex Own();
}
