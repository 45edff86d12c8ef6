using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.Resilience;

/// <summary>A back end whose answers are not what HTTP/1.1 allows. Whoever asks next gets the answer to his own request.</summary>
public sealed class BrokenAnswerTests : IAsyncLifetime
{
    private readonly ScriptedBackEnd _backend = new("/api/public/echo/");
    private FakeIssuer _issuer = null!;
    private GatewayApp _gateway = null!;

    public async ValueTask InitializeAsync()
    {
        _issuer = await FakeIssuer.StartAsync();
        _gateway = await GatewayApp.StartAsync(_issuer.Trust, _backend.Address, new Dictionary<string, string?> { ["Resilience:Clusters:sample:Retries"] = "0" });
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Le|", 502)] // half a head, then the end
    [InlineData("|", 502)]
    [InlineData("nonsense\r\n\r\n", 502)]
    [InlineData("HTTP/1.1 2000 OK\r\n\r\n", 502)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\nabcde", 502)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc", 502)]
    [InlineData("HTTP/1.1 200 OK\r\n no name\r\n\r\n", 502)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged", 200)] // an answer that nobody asked for
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nforged", 502)] // nobody asked for it
    [InlineData("HTTP/1.1 101 Switching Protocols\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged", 502)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n2\r\nok\r\n0\r\n\r\n|", 200)] // RFC 9112 section 6.3: chunked counts
    [InlineData("HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged", 204)]
    public async Task BrokenAnswer_IsRefusedOrCutAndTheConnectionIsUsedNoMore(string broken, int status)
    {
        using var client = Client.For(_gateway.Address);
        for (var i = 0; i < 3; i++)
        {
            using (var answer = await client.GetAsync(Path(broken), TestContext.Current.CancellationToken))
            {
                var body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
                Assert.True((int)answer.StatusCode == status, $"{(int)answer.StatusCode} {body}");
                Assert.DoesNotContain("forged", body, StringComparison.Ordinal);
            }

            var nonce = Guid.NewGuid().ToString("N");
            Assert.Equal(nonce, await client.GetStringAsync(Path($"HTTP/1.1 200 OK\r\nContent-Length: 32\r\n\r\n{nonce}"), TestContext.Current.CancellationToken));
        }

        // One request on each connection that a broken answer came on.
        Assert.True(_backend.Asked.Distinct().Count() >= 3);
    }

    private Uri Path(string answer) => new(_backend.PathFor(answer), UriKind.Relative);

    public async ValueTask DisposeAsync()
    {
        await _backend.DisposeAsync();
        await _gateway.DisposeAsync();
        await _issuer.DisposeAsync();
    }
}
