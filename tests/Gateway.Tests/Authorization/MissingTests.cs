using System.Net;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.Authorization;

/// <summary>What a 403 tells of what is missing, and what a dry run tells instead.</summary>
public sealed class MissingTests(PolicyGateway gateway) : IClassFixture<PolicyGateway>
{
    [Theory]
    [InlineData("either", "orders:read orders:write", """[{"kind":"scope","one_of":["orders:read","orders:write"]}]""")]
    [InlineData("admin", null, """[{"kind":"role","one_of":["admin"]}]""")]
    [InlineData("realm", null, """[{"kind":"claim","one_of":["realm_access.roles"]}]""")]
    [InlineData("get", null, """[{"kind":"role","one_of":["user"]},{"kind":"method","one_of":["GET"]}]""")]
    [InlineData("both", "orders:read", """[{"kind":"scope","one_of":["orders:read"]},{"kind":"role","one_of":["admin"]}]""")]
    [InlineData("one", "orders:read", """[{"kind":"scope","one_of":["orders:read"]}]""")]
    [InlineData("deep", "orders:read", """[{"kind":"scope","one_of":["orders:read"]},{"kind":"claim","one_of":["department"]}]""")]
    public async Task Refusal_NamesWhatIsMissing(string policy, string? scope, string missing)
    {
        using var answer = await gateway.SendAsync("POST", $"/{policy}/x", $"Bearer {gateway.Issuer.Token(c => (c["scope"], c["department"]) = ("secret-scope", "secret-department"))}");
        var body = await ProblemAssert.IsAsync(answer, HttpStatusCode.Forbidden, "permission_denied");
        Assert.Equal(missing, body.GetProperty("missing").GetRawText());
        Assert.Equal($"Bearer realm=\"api\", error=\"insufficient_scope\"{(scope is null ? "" : $", scope=\"{scope}\"")}", ProblemAssert.Challenge(answer));
        Assert.DoesNotContain("secret", body.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task DryRun_LetsInAndSaysWhatItWouldRefuse()
    {
        using var answer = await gateway.SendAsync("GET", "/trial/x", $"Bearer {gateway.Issuer.Token(c => c["scope"] = "secret-scope")}");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        const string expected = "Dry run: policy trial would refuse GET on route trial, which lacks scope orders:read; role admin";
        await Until.TrueAsync(() => gateway.App.Logs.All.Any(l => l.Contains(expected, StringComparison.Ordinal)), "the dry run is reported");
        Assert.DoesNotContain(gateway.App.Logs.All, l => l.Contains("secret-scope", StringComparison.Ordinal));
    }

    [Fact]
    public async Task DryRunThatWouldLetIn_IsSilent()
    {
        using var answer = await gateway.SendAsync("OPTIONS", "/trial/x", $"Bearer {gateway.Issuer.Token(c => (c["scope"], c["roles"]) = ("orders:read", "admin"))}");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.DoesNotContain(gateway.App.Logs.All, l => l.Contains("would refuse OPTIONS", StringComparison.Ordinal));
    }
}
