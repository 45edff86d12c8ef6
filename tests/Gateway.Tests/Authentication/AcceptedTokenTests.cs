using System.Net;
using System.Text.Json;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.Authentication;

public sealed class AcceptedTokenTests(SharedGateway gateway)
{
    private static long Now => TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

    private static readonly Dictionary<string, Func<FakeIssuer, string>> Good = new()
    {
        ["as issued"] = issuer => issuer.Token(),
        ["typ with application/"] = issuer => issuer.Token(header: h => h["typ"] = "application/at+jwt"),
        ["typ in capitals"] = issuer => issuer.Token(header: h => h["typ"] = "AT+JWT"),
        ["unknown header member"] = issuer => issuer.Token(header: h => h["cty"] = "whatever"),
        ["aud list with ours"] = issuer => issuer.Token(c => c["aud"] = new[] { "other", FakeIssuer.Audience }),
        ["aud list of ours alone"] = issuer => issuer.Token(c => c["aud"] = new[] { FakeIssuer.Audience }),
        ["exp with a fraction"] = issuer => issuer.Token(c => c["exp"] = Now + 60.5),
        ["exp with an exponent"] = issuer => Signed(issuer, $$"""{"iss":"{{FakeIssuer.Name}}","aud":"front-door","sub":"42","exp":2.0e9}"""),
        ["exp within the skew"] = issuer => issuer.Token(c => c["exp"] = Now - 2),
        ["nbf within the skew"] = issuer => issuer.Token(c => c["nbf"] = Now + 3),
        ["nbf past"] = issuer => issuer.Token(c => c["nbf"] = Now - 60),
        ["no optional claim"] = issuer => Signed(issuer, $$"""{"iss":"{{FakeIssuer.Name}}","aud":"front-door","sub":"42","exp":{{Now + 60}}}"""),
        ["spaces in the JSON"] = issuer => Signed(issuer, $$""" { "iss" : "{{FakeIssuer.Name}}", "aud":"front-door","sub":"42",  "exp":{{Now + 60}} } """),
        ["escapes in the JSON"] = issuer => Signed(issuer, $$"""{"\u0069ss":"https:\/\/issuer.test","aud":"front-door","sub":"42","exp":{{Now + 60}}}"""),
        ["about 8 KB"] = issuer => issuer.Token(c => c["padding"] = new string('x', 6000)),
    };

    public static TheoryData<string> Tokens => [.. Good.Keys];

    [Theory]
    [MemberData(nameof(Tokens))]
    public async Task GoodToken_IsForwarded(string which)
    {
        var path = SharedGateway.ProtectedPath();
        using var answer = await gateway.GetAsync(path, "Bearer " + Good[which](gateway.Issuer));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("42", gateway.Arrived(path).Header("X-Forwarded-User"));
    }

    [Theory]
    [InlineData("bearer ")]
    [InlineData("BEARER ")]
    [InlineData("bEARer ")]
    [InlineData("Bearer  ")]
    [InlineData("Bearer      ")]
    public async Task SchemeInAnyCaseAndMoreSpaces_AreForwarded(string scheme)
    {
        var path = SharedGateway.ProtectedPath();
        using var answer = await gateway.GetAsync(path, scheme + gateway.Issuer.Token());
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("42", gateway.Arrived(path).Header("X-Forwarded-User"));
    }

    [Theory]
    [InlineData("1e400")]
    [InlineData("-1e400")]
    [InlineData("9223372036854775807")]
    [InlineData("9223372036854775808")]
    [InlineData("18446744073709551616")]
    [InlineData("253402300800")]
    [InlineData("-9223372036854775808")]
    [InlineData("-1")]
    public async Task TimeBeyondAllReason_NeverWrapsNorBreaks(string exp)
    {
        using var answer = await gateway.GetAsync(
            SharedGateway.ProtectedPath(), "Bearer " + Signed(gateway.Issuer, $$"""{"iss":"{{FakeIssuer.Name}}","aud":"front-door","sub":"42","exp":{{exp}}}"""));
        var inThePast = exp.StartsWith('-');
        Assert.True(answer.StatusCode == HttpStatusCode.Unauthorized || (answer.StatusCode == HttpStatusCode.OK && !inThePast), $"{exp}: {answer.StatusCode}");
        await gateway.StillServesAsync();
    }

    private static string Signed(FakeIssuer issuer, string payload) => issuer.Sign(JsonSerializer.Serialize(issuer.GoodHeader()), payload);
}
