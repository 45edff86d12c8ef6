using System.Text.Json;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.Authentication;

/// <summary>Claims that no good access token has; every token is correctly signed.</summary>
public sealed class RefusedClaimTests(SharedGateway gateway)
{
    private const string Invalid = "Token is invalid";
    private const string Expired = "Token is expired";
    private const string NoUser = ProblemAssert.NoUser;

    private static long Now => TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

    private static readonly Dictionary<string, (Action<Dictionary<string, object?>> Change, string Message)> Bad = new()
    {
        ["iss of somebody else"] = (c => c["iss"] = "https://elsewhere.test", Invalid),
        ["iss missing"] = (c => c.Remove("iss"), Invalid),
        ["iss empty"] = (c => c["iss"] = "", Invalid),
        ["iss with a slash more"] = (c => c["iss"] = FakeIssuer.Name + "/", Invalid),
        ["iss in other case"] = (c => c["iss"] = FakeIssuer.Name.ToUpperInvariant(), Invalid),
        ["iss list"] = (c => c["iss"] = new[] { FakeIssuer.Name }, Invalid),
        ["aud of somebody else"] = (c => c["aud"] = "other", Invalid),
        ["aud missing"] = (c => c.Remove("aud"), Invalid),
        ["aud empty"] = (c => c["aud"] = "", Invalid),
        ["aud null"] = (c => c["aud"] = null, Invalid),
        ["aud with a slash more"] = (c => c["aud"] = FakeIssuer.Audience + "/", Invalid),
        ["aud in other case"] = (c => c["aud"] = "Front-Door", Invalid),
        ["aud beginning alike"] = (c => c["aud"] = "front-door-2", Invalid),
        ["aud list without ours"] = (c => c["aud"] = new[] { "other", "front-door-2" }, Invalid),
        ["aud list empty"] = (c => c["aud"] = Array.Empty<string>(), Invalid),
        ["aud two in one text"] = (c => c["aud"] = "other front-door", Invalid),
        ["aud object"] = (c => c["aud"] = new Dictionary<string, object> { ["front-door"] = true }, Invalid),
        ["exp missing"] = (c => c.Remove("exp"), Invalid),
        ["exp null"] = (c => c["exp"] = null, Invalid),
        ["exp text"] = (c => c["exp"] = $"{Now + 60}", Invalid),
        ["exp list"] = (c => c["exp"] = new[] { Now + 60 }, Invalid),
        ["exp past"] = (c => c["exp"] = Now - 60, Expired),
        ["exp just past the skew"] = (c => c["exp"] = Now - 6, Expired),
        ["exp zero"] = (c => c["exp"] = 0, Expired),
        ["nbf in the future"] = (c => c["nbf"] = Now + 60, Invalid),
        ["nbf text"] = (c => c["nbf"] = "0", Invalid),
        ["iat text"] = (c => c["iat"] = "0", Invalid),
        ["sub missing"] = (c => c.Remove("sub"), NoUser),
        ["sub empty"] = (c => c["sub"] = "", NoUser),
        ["sub number"] = (c => c["sub"] = 42, NoUser),
        ["sub list"] = (c => c["sub"] = new[] { "42" }, NoUser),
        ["sub null"] = (c => c["sub"] = null, NoUser),
        ["refresh token"] = (c => c["token_type"] = "refresh", "Token has wrong type"),
        ["sliding token"] = (c => c["token_type"] = "sliding", "Token has wrong type"),
        ["token_type number"] = (c => c["token_type"] = 1, "Token has wrong type"),
        ["token_type list"] = (c => c["token_type"] = new[] { "access" }, "Token has wrong type"),
    };

    public static TheoryData<string> Claims => [.. Bad.Keys];

    [Theory]
    [MemberData(nameof(Claims))]
    public async Task BadClaim_IsRefused(string which) => await RefusedAsync(gateway.Issuer.Token(Bad[which].Change), Bad[which].Message);

    [Theory]
    [InlineData("sub")]
    [InlineData("iss")]
    [InlineData("exp")]
    [InlineData("aud")]
    [InlineData("scope")]
    [InlineData("unheard-of")]
    public async Task DuplicateClaim_IsRefused(string name)
    {
        var claims = FakeIssuer.GoodClaims(TimeProvider.System.GetUtcNow());
        claims.TryAdd(name, "x");
        var payload = JsonSerializer.Serialize(claims);
        var twice = $"{{{JsonSerializer.Serialize(name)}:{JsonSerializer.Serialize(claims[name])},{payload[1..]}";
        await RefusedAsync(gateway.Issuer.Sign(JsonSerializer.Serialize(gateway.Issuer.GoodHeader()), twice), Invalid);
    }

    [Fact]
    public async Task NoUserUnderASignatureThatIsNotTheIssuers_IsInvalid()
    {
        var token = gateway.Issuer.Token(c => c.Remove("sub"));
        await RefusedAsync(token[..^20] + new string('A', 20), Invalid);
    }

    [Fact]
    public async Task JsonNested8000Deep_IsRefused()
    {
        var payload = JsonSerializer.Serialize(FakeIssuer.GoodClaims(TimeProvider.System.GetUtcNow()));
        var deep = $"{payload[..^1]},\"deep\":{new string('[', 5500)}{new string(']', 5500)}}}";
        await RefusedAsync(gateway.Issuer.Sign(JsonSerializer.Serialize(gateway.Issuer.GoodHeader()), deep), Invalid);
        // 8000 open and no close: shorter than the token limit, and no JSON.
        var open = $"{payload[..^1]},\"deep\":{new string('[', 8000)}";
        await RefusedAsync(gateway.Issuer.Sign(JsonSerializer.Serialize(gateway.Issuer.GoodHeader()), open), Invalid);
    }

    [Theory]
    [InlineData("""{"name":"\ud800"}""")]
    [InlineData("""{"roles":{"a":[1,null,{"b":2}]}}""")]
    [InlineData("""{"roles":[null,1,true,["x"]]}""")]
    [InlineData("""{"scope":7}""")]
    [InlineData("""{"name":null,"act":{"sub":"x"}}""")]
    public async Task OddOptionalClaim_NeverBreaks(string odd)
    {
        var claims = FakeIssuer.GoodClaims(TimeProvider.System.GetUtcNow());
        foreach (var property in JsonDocument.Parse(odd).RootElement.EnumerateObject()) claims.Remove(property.Name);
        var payload = $"{JsonSerializer.Serialize(claims)[..^1]},{odd[1..]}";
        using var answer = await gateway.GetAsync(
            SharedGateway.ProtectedPath(), "Bearer " + gateway.Issuer.Sign(JsonSerializer.Serialize(gateway.Issuer.GoodHeader()), payload));
        Assert.True((int)answer.StatusCode is 200 or 401, $"{answer.StatusCode}");
        await gateway.StillServesAsync();
    }

    private async Task RefusedAsync(string token, string message)
    {
        var path = SharedGateway.ProtectedPath();
        using var answer = await gateway.GetAsync(path, "Bearer " + token);
        await ProblemAssert.TokenNotValidAsync(answer, message);
        gateway.NothingArrived(path);
        await gateway.StillServesAsync();
    }
}
