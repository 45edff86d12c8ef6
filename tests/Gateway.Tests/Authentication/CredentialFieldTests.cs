using System.Net;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.Authentication;

public sealed class CredentialFieldTests(SharedGateway gateway)
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Basic YWxpY2U6c2VjcmV0")]
    [InlineData("Digest username=\"alice\"")]
    [InlineData("Token abc")]
    [InlineData("Bearerabc")]
    [InlineData("JWT abc")]
    public async Task NoBearerCredentials_AreAskedFor(string? authorization)
    {
        var path = SharedGateway.ProtectedPath();
        using var answer = await gateway.GetAsync(path, authorization);
        await ProblemAssert.NoCredentialsAsync(answer);
        gateway.NothingArrived(path);
    }

    [Theory]
    [InlineData("Bearer")]
    [InlineData("bearer")]
    [InlineData("Bearer {0} trailing")]
    [InlineData("Bearer {0},{0}")]
    [InlineData("Bearer {0}, Basic YWxpY2U6c2VjcmV0")]
    [InlineData("Bearer {0}\tx")]
    public async Task FieldWithOtherThanOneToken_IsMalformed(string authorization)
    {
        var path = SharedGateway.ProtectedPath();
        using var answer = await gateway.GetAsync(path, authorization.Replace("{0}", gateway.Issuer.Token(), StringComparison.Ordinal));
        var body = await ProblemAssert.IsAsync(
            answer, HttpStatusCode.Unauthorized, "bad_authorization_header", "Authorization header must contain two space-delimited values");
        Assert.False(body.TryGetProperty("messages", out _));
        Assert.StartsWith("Bearer realm=\"api\", error=\"invalid_token\"", ProblemAssert.Challenge(answer), StringComparison.Ordinal);
        gateway.NothingArrived(path);
    }

    [Theory]
    [InlineData("Bearer {0}", "Bearer {0}")]
    [InlineData("Bearer {0}", "Bearer bad")]
    [InlineData("Bearer bad", "Bearer {0}")]
    [InlineData("Basic YWxpY2U6c2VjcmV0", "Bearer {0}")]
    public async Task TwoFields_AreMalformed(string first, string second)
    {
        var path = SharedGateway.ProtectedPath();
        var token = gateway.Issuer.Token();
        var answer = await RawHttp.RequestAsync(
            gateway.Address, "GET", path, ("Authorization: " + first).Replace("{0}", token, StringComparison.Ordinal), ("authorization: " + second).Replace("{0}", token, StringComparison.Ordinal));
        Assert.Equal(401, RawHttp.Status(answer));
        Assert.Contains("\"bad_authorization_header\"", answer, StringComparison.Ordinal);
        gateway.NothingArrived(path);
    }

    [Theory]
    [InlineData("Bearer {0}\n x")]
    [InlineData("Bearer {0}\r\n x")]
    [InlineData("Bearer {0}\r")]
    [InlineData("Bearer {0}\0")]
    public async Task LineBreakOrNulInTheField_IsRefusedOnTheWire(string authorization)
    {
        var path = SharedGateway.ProtectedPath();
        var answer = await RawHttp.RequestAsync(gateway.Address, "GET", path, "Authorization: " + authorization.Replace("{0}", gateway.Issuer.Token(), StringComparison.Ordinal));
        Assert.True(RawHttp.Status(answer) is 400 or 401, answer);
        gateway.NothingArrived(path);
    }

    [Fact]
    public async Task TokenAnywhereElse_IsNoCredentials()
    {
        var path = SharedGateway.ProtectedPath();
        var token = gateway.Issuer.Token();
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["access_token"] = token });
        using var inQuery = await gateway.GetAsync($"{path}?access_token={token}&token={token}");
        using var inForm = await gateway.SendAsync(path, HttpMethod.Post, form);
        using var inCookie = await gateway.SendAsync(path, headers: [("Cookie", $"access_token={token}; Authorization=Bearer {token}; access={token}")]);
        using var inOtherFields = await gateway.SendAsync(path, headers: [("X-Authorization", $"Bearer {token}"), ("Proxy-Authorization", $"Bearer {token}"), ("X-Access-Token", token)]);
        foreach (var answer in new[] { inQuery, inForm, inCookie, inOtherFields }) await ProblemAssert.NoCredentialsAsync(answer);
        gateway.NothingArrived(path);
    }

    [Fact]
    public async Task UnderscoreSpelling_IsNotTheField()
    {
        var path = SharedGateway.ProtectedPath();
        using var answer = await gateway.SendAsync(path, headers: [("Authorization_", $"Bearer {gateway.Issuer.Token()}")]);
        await ProblemAssert.NoCredentialsAsync(answer);
    }

    [Fact]
    public async Task HeadRequest_GetsTheStatusWithoutABody()
    {
        using var answer = await gateway.SendAsync(SharedGateway.ProtectedPath(), HttpMethod.Head);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }
}
