using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.Authentication;

/// <summary>JOSE headers that no good token has; every token is correctly signed unless its case says otherwise.</summary>
public sealed class RefusedHeaderTests(SharedGateway gateway)
{
    private const string WrongType = "Token has wrong type";

    private static readonly Dictionary<string, Action<Dictionary<string, object?>>> Bad = new()
    {
        ["alg none"] = h => h["alg"] = "none",
        ["alg None"] = h => h["alg"] = "None",
        ["alg nOnE"] = h => h["alg"] = "nOnE",
        ["alg empty"] = h => h["alg"] = "",
        ["alg missing"] = h => h.Remove("alg"),
        ["alg number"] = h => h["alg"] = 256,
        ["alg list"] = h => h["alg"] = new[] { "ES256" },
        ["alg in other case"] = h => h["alg"] = "es256",
        ["alg with space"] = h => h["alg"] = "ES256 ",
        ["alg HS256"] = h => h["alg"] = "HS256",
        ["alg RS256"] = h => h["alg"] = "RS256",
        ["alg RS384"] = h => h["alg"] = "RS384",
        ["alg ES384"] = h => h["alg"] = "ES384",
        ["alg PS256"] = h => h["alg"] = "PS256",
        ["alg dir"] = h => h["alg"] = "dir",
        ["kid missing"] = h => h.Remove("kid"),
        ["kid unknown"] = h => h["kid"] = "key-2",
        ["kid empty"] = h => h["kid"] = "",
        ["kid number"] = h => h["kid"] = 1,
        ["kid list"] = h => h["kid"] = new[] { "key-1" },
        ["kid object"] = h => h["kid"] = new Dictionary<string, object> { ["kid"] = "key-1" },
        ["kid null"] = h => h["kid"] = null,
        ["kid in other case"] = h => h["kid"] = "KEY-1",
        ["kid of 6 KB"] = h => h["kid"] = new string('k', 6 * 1024),
        ["kid traversal"] = h => h["kid"] = "../../../../etc/passwd",
        ["kid SQL"] = h => h["kid"] = "x' UNION SELECT 'key' --",
        ["kid with line break"] = h => h["kid"] = "key-1\r\nX-Injected: 1",
        ["kid address"] = h => h["kid"] = "http://elsewhere.test/key",
        ["crit unknown"] = h => h["crit"] = new[] { "exp" },
        ["crit empty"] = h => h["crit"] = Array.Empty<string>(),
        ["crit no list"] = h => h["crit"] = true,
        ["b64 false"] = h => h["b64"] = false,
        ["b64 false and critical"] = h => (h["b64"], h["crit"]) = (false, new[] { "b64" }),
        ["zip"] = h => h["zip"] = "DEF",
        ["enc"] = h => h["enc"] = "A256GCM",
    };

    public static TheoryData<string> Headers => [.. Bad.Keys];

    [Theory]
    [MemberData(nameof(Headers))]
    public async Task BadHeader_IsRefused(string which) => await RefusedAsync(gateway.Issuer.Token(header: Bad[which]), "Token is invalid");

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("JWT")]
    [InlineData("jwt")]
    [InlineData("rt+jwt")]
    [InlineData("id+jwt")]
    [InlineData("dpop+jwt")]
    [InlineData("logout+jwt")]
    [InlineData("at+jwt ")]
    [InlineData("application/application/at+jwt")]
    [InlineData("text/at+jwt")]
    public async Task OtherType_IsRefused(string? type) =>
        await RefusedAsync(gateway.Issuer.Token(header: h =>
        {
            if (type is null) h.Remove("typ");
            else h["typ"] = type;
        }), WrongType);

    [Theory]
    [InlineData("""{"alg":"ES256","alg":"ES256","kid":"key-1","typ":"at+jwt"}""")]
    [InlineData("""{"alg":"none","alg":"ES256","kid":"key-1","typ":"at+jwt"}""")]
    [InlineData("""{"alg":"ES256","kid":"x","kid":"key-1","typ":"at+jwt"}""")]
    [InlineData("""{"alg":"ES256","kid":"key-1","typ":"JWT","typ":"at+jwt"}""")]
    [InlineData("""{"alg":"ES256","kid":"key-1","typ":"at+jwt"} """ + "x")]
    [InlineData("\uFEFF" + """{"alg":"ES256","kid":"key-1","typ":"at+jwt"}""")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("")]
    public async Task HeaderThatCanBeReadInTwoWaysOrNone_IsRefused(string header) =>
        await RefusedAsync(gateway.Issuer.Sign(header, System.Text.Json.JsonSerializer.Serialize(FakeIssuer.GoodClaims(TimeProvider.System.GetUtcNow()))), "Token is invalid");

    private async Task RefusedAsync(string token, string message)
    {
        var path = SharedGateway.ProtectedPath();
        using var answer = await gateway.GetAsync(path, "Bearer " + token);
        await ProblemAssert.TokenNotValidAsync(answer, message);
        gateway.NothingArrived(path);
        await gateway.StillServesAsync();
    }
}
