using System.Net;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.Reliability;

/// <summary>Slow, cut, half-closed, surplus and nonsensical answers among good ones, many at once: whoever gets an answer gets his own, and a cut one shows (security contract 5).</summary>
public sealed class SwappedAnswerTests
{
    private const int Clients = 16;
    private const int Rounds = 40;

    [Fact]
    public async Task BrokenAnswersAmongGoodOnes_SwapNone()
    {
        await using var issuer = await FakeIssuer.StartAsync();
        await using var backend = new ScriptedBackEnd("/api/public/echo/");
        await using var gateway = await GatewayApp.StartAsync(issuer.Trust, backend.Address, new Dictionary<string, string?> { ["Resilience:Clusters:sample:Retries"] = "0" });
        var good = 0;
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async client =>
        {
            using var http = Client.For(gateway.Address);
            for (var i = 0; i < Rounds; i++)
            {
                if (await AskAsync(http, backend, (client + i) % 8)) Interlocked.Increment(ref good);
            }
        }));
        // Three of the eight kinds are whole.
        Assert.Equal(Clients * Rounds * 3 / 8, good);
    }

    // True for a whole answer with its own nonce.
    private static async Task<bool> AskAsync(HttpClient client, ScriptedBackEnd backend, int kind)
    {
        var nonce = Guid.NewGuid().ToString("N");
        var whole = $"HTTP/1.1 200 OK\r\nContent-Length: 32\r\n\r\n{nonce}";
        var (answer, isWhole) = kind switch
        {
            0 => (whole, true),
            1 => ($"HTTP/1.1 200 OK\r\n~Content-Length: 32\r\n\r\n{nonce[..10]}~{nonce[10..]}", true), // slow
            2 => ($"{whole}HTTP/1.1 200 OK\r\nContent-Length: 32\r\n\r\n{new string('f', 32)}", true), // and one that nobody asked for
            3 => ($"HTTP/1.1 200 OK\r\nContent-Length: 32\r\n\r\n{nonce[..10]}|", false), // cut
            4 => ($"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n20\r\n{nonce}\r\n|", false), // without its end
            5 => ("HTTP/1.1 200 OK\r\nContent-Le|", false),
            6 => ("nonsense\r\n\r\n", false),
            _ => ("|", false),
        };
        try
        {
            using var got = await client.GetAsync(new Uri(backend.PathFor(answer), UriKind.Relative), TestContext.Current.CancellationToken);
            var body = await got.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.True(got.StatusCode == (isWhole ? HttpStatusCode.OK : HttpStatusCode.BadGateway), $"{kind}: {got.StatusCode} {body}");
            if (isWhole) Assert.Equal(nonce, body);
            return isWhole;
        }
        catch (HttpRequestException) when (kind is 3 or 4)
        {
            return false; // visibly cut
        }
    }
}
