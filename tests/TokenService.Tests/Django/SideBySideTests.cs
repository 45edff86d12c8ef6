using System.Text.RegularExpressions;
using Xunit;

namespace FrontDoor.TokenService.Tests.Django;

/// <summary>The wire contract, judged by the real simplejwt: the same requests, the same status, body and headers, but for the differences that we want.</summary>
public sealed partial class SideBySideTests(SideBySide both) : IClassFixture<SideBySide>
{
    // no-store, Server and Date are ours alone or theirs.
    private static readonly string[] Compared = ["Content-Type", "Allow", "Vary", "WWW-Authenticate", "Retry-After"];

    public static TheoryData<string> Names => [.. Exchanges.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task SameRequest_GetsTheSameAnswerUnlessADifferenceIsWanted(string name)
    {
        var exchange = Exchanges.All[name];
        var ours = await AskAsync(both.Ours, exchange);
        var theirs = await AskAsync(both.Theirs, exchange);
        if (exchange.Reason is null)
        {
            Assert.Equal(Describe(theirs), Describe(ours));
            return;
        }

        Assert.Equal(exchange.Ours, Same(ours.ToString()));
        // A difference that has gone is none to be listed.
        Assert.NotEqual(Describe(theirs), Describe(ours));
    }

    private async Task<Reply> AskAsync(TokenClient client, Exchange exchange)
    {
        var tokens = new Dictionary<string, string>();
        foreach (var kind in exchange.Kinds) tokens[kind] = await both.TokenAsync(client, kind);
        return await client.SendAsync(exchange.ToRequest(tokens));
    }

    private static string Describe(Reply answer) =>
        string.Join('\n', Compared.Select(name => $"{name}: {answer.Header(name)}").Prepend(Same(answer.ToString())));

    // Tokens are each one's own; the words about a body that cannot be parsed are the parser's. simplejwt says which of the two it is since 5.5.
    private static string Same(string answer) => InvalidOrExpired().Replace(ParserWords().Replace(Token().Replace(answer, "<token>"), "$1...\"}"), "Token is invalid or expired\"");

    [GeneratedRegex("Token is (invalid|expired)\"")]
    private static partial Regex InvalidOrExpired();

    [GeneratedRegex("""[\w-]{20,}\.[\w-]{20,}\.[\w-]{20,}""")]
    private static partial Regex Token();

    [GeneratedRegex("""(\{"detail":"JSON parse error - )[^}]*\}""")]
    private static partial Regex ParserWords();
}
