using Xunit;

namespace FrontDoor.Gateway.Tests.Authorization;

/// <summary>Kinds of tokens against policies and methods: what each pair answers.</summary>
public sealed class TokensAndRoutesTests(PolicyGateway gateway) : IClassFixture<PolicyGateway>
{
    // Each adds to a token that has neither scopes nor roles.
    private static readonly Dictionary<string, Action<Dictionary<string, object?>>> Tokens = new()
    {
        ["plain"] = _ => { },
        ["read"] = c => c["scope"] = "x orders:read",
        ["write, as an array"] = c => c["scope"] = new[] { "orders:write" },
        ["scopes joined by a comma"] = c => c["scope"] = "orders:read,orders:write",
        ["admin, as text"] = c => c["roles"] = "admin",
        ["admin who reads"] = c => (c["roles"], c["scope"]) = (new[] { "user", "admin" }, "orders:read"),
        ["user who sells"] = c => (c["roles"], c["department"]) = (new[] { "user" }, "sales"),
        ["reader who sells"] = c => (c["scope"], c["department"]) = (new[] { "orders:read" }, "sales"),
        ["two departments"] = c => c["department"] = new[] { "sales", "audit" },
        ["Keycloak's boss"] = c => c["realm_access"] = new { roles = new[] { "user", "boss" } },
        ["boss of another realm"] = c => (c["resource_access"], c["boss"]) = (new { roles = new[] { "boss" } }, "boss"),
        ["name with dots"] = c => c["https://example.com/groups"] = new[] { "g0", "g1" },
        ["path that spells the name"] = c => c["https://example"] = new Dictionary<string, object> { ["com/groups"] = "g1" },
        ["level 3, a number"] = c => c["level"] = 3,
        ["level 33"] = c => c["level"] = 33,
        ["levels 1 and 7"] = c => c["level"] = new[] { 1, 7 },
        ["active"] = c => c["profile"] = new { active = true },
        ["active, as text"] = c => c["profile"] = "{\"active\":true}",
        ["red and blue"] = c => c["teams"] = new[] { new { name = "red" }, new { name = "blue" } },
        ["red alone"] = c => c["teams"] = new { name = "red" },
        ["words in an object"] = c => (c["scope"], c["roles"]) = (new { note = "x orders:read y" }, new { admin = true }),
        ["words in an object in a list"] = c => (c["scope"], c["roles"]) = (new[] { new { note = "x orders:read y" } }, new object[] { new[] { "admin" }, new { role = "admin" } }),
        ["nulls"] = c => (c["scope"], c["roles"], c["department"], c["realm_access"], c["level"]) = (null, null, null, null, null),
    };

    // any read either admin realm sales dotted level active team get both one deep trial
    [Theory]
    [InlineData("plain", "Y.............Y", "Y.............Y")]
    [InlineData("read", "YYY.........Y.Y", "YYY.........Y.Y")]
    [InlineData("write, as an array", "Y.Y...........Y", "Y.Y...........Y")]
    [InlineData("scopes joined by a comma", "Y.............Y", "Y.............Y")]
    [InlineData("admin, as text", "Y..Y........Y.Y", "Y..Y........Y.Y")]
    [InlineData("admin who reads", "YYYY......YYYYY", "YYYY.......YY.Y")]
    [InlineData("user who sells", "Y....Y....Y...Y", "Y....Y........Y")]
    [InlineData("reader who sells", "YYY..Y......YYY", "YYY..Y......YYY")]
    [InlineData("two departments", "Y.............Y", "Y.............Y")]
    [InlineData("Keycloak's boss", "Y...Y.........Y", "Y...Y.........Y")]
    [InlineData("boss of another realm", "Y.............Y", "Y.............Y")]
    [InlineData("name with dots", "Y.....Y.......Y", "Y.....Y.......Y")]
    [InlineData("path that spells the name", "Y.....Y.......Y", "Y.....Y.......Y")]
    [InlineData("level 3, a number", "Y......Y......Y", "Y......Y......Y")]
    [InlineData("level 33", "Y.............Y", "Y.............Y")]
    [InlineData("levels 1 and 7", "Y......Y......Y", "Y......Y......Y")]
    [InlineData("active", "Y.......Y.....Y", "Y.......Y.....Y")]
    [InlineData("active, as text", "Y.............Y", "Y.............Y")]
    [InlineData("red and blue", "Y........Y....Y", "Y........Y....Y")]
    [InlineData("red alone", "Y.............Y", "Y.............Y")]
    [InlineData("words in an object", "Y.............Y", "Y.............Y")]
    [InlineData("words in an object in a list", "Y.............Y", "Y.............Y")]
    [InlineData("nulls", "Y.............Y", "Y.............Y")]
    public async Task GoodToken_IsLetInWhereItsPoliciesSay(string token, string get, string post)
    {
        var authorization = $"Bearer {gateway.Issuer.Token(claims =>
        {
            claims.Remove("scope");
            claims.Remove("roles");
            Tokens[token](claims);
        })}";
        Assert.Equal(get, await AnswersAsync("GET", authorization));
        Assert.Equal(post, await AnswersAsync("POST", authorization));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("garbage")]
    [InlineData("expired")]
    [InlineData("for others")]
    [InlineData("refresh")]
    [InlineData("unknown key")]
    public async Task NoGoodToken_Is401Everywhere(string kind)
    {
        var issuer = gateway.Issuer;
        var authorization = kind switch
        {
            "none" => null,
            "garbage" => "Bearer x.y.z",
            "expired" => $"Bearer {issuer.Token(c => (c["exp"], c["roles"]) = (1, "admin"))}",
            "for others" => $"Bearer {issuer.Token(c => (c["aud"], c["roles"]) = ("other", "admin"))}",
            "refresh" => $"Bearer {issuer.Token(c => c["token_type"] = "refresh")}",
            _ => $"Bearer {issuer.Token(header: h => h["kid"] = "other")}",
        };
        Assert.Equal(new string('4', PolicyGateway.Policies.Length), await AnswersAsync("GET", authorization));
        Assert.Equal(new string('4', PolicyGateway.Policies.Length), await AnswersAsync("POST", authorization));
    }

    // Y: 200 and it arrived. A point: 403. 4: 401.
    private async Task<string> AnswersAsync(string method, string? authorization)
    {
        var answers = "";
        foreach (var policy in PolicyGateway.Policies)
        {
            var path = $"/{policy}/{Guid.NewGuid():N}";
            using var answer = await gateway.SendAsync(method, path, authorization);
            var arrived = gateway.Backend.Received.Any(r => r.Target == path);
            answers += ((int)answer.StatusCode, arrived) switch
            {
                (200, true) => 'Y',
                (403, false) => '.',
                (401, false) => '4',
                _ => '?',
            };
        }

        return answers;
    }
}
