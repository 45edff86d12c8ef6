using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.Edge;

public sealed class ConnectionRateTests : IAsyncLifetime
{
    private readonly TestClock _clock = new();
    private FakeIssuer _issuer = null!;
    private TestServer _backend = null!;
    private GatewayApp _gateway = null!;

    public async ValueTask InitializeAsync()
    {
        _issuer = await FakeIssuer.StartAsync();
        _backend = await TestServer.StartAsync();
        _gateway = await GatewayApp.StartAsync(_issuer.Trust, _backend.Address, new Dictionary<string, string?>
        {
            ["Edge:Connections:MaxRequestsPerSecond"] = "3", ["Kestrel:Endpoints:Http2:Url"] = "http://127.0.0.1:0", ["Kestrel:Endpoints:Http2:Protocols"] = "Http2",
        }, _clock);
    }

    [Fact]
    public async Task FourthRequestOfAConnectionInASecond_IsRefusedAndEndsIt()
    {
        var answers = await RawHttp.SendAsync(_gateway.Address, string.Concat(Enumerable.Repeat(Request, 5)), TestContext.Current.CancellationToken);
        Assert.Equal(["200", "200", "200", "429"], Statuses(answers));
        Assert.Contains("Retry-After: 1\r\n", answers, StringComparison.Ordinal);
        Assert.Contains("Connection: close\r\n", answers, StringComparison.Ordinal);
        Assert.Equal(["200"], Statuses(await RawHttp.RequestAsync(_gateway.Address, "GET", "/api/public/echo/x")));
    }

    [Fact]
    public async Task NextSecond_CountsAnew()
    {
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 1 }) { BaseAddress = _gateway.Address };
        for (var i = 0; i < 9; i++)
        {
            if (i % 3 == 0) _clock.Advance(TimeSpan.FromSeconds(1));
            using var answer = await client.GetAsync("/api/public/echo/x", TestContext.Current.CancellationToken);
            Assert.Equal(200, (int)answer.StatusCode);
        }
    }

    /// <summary>The streams of one connection count together; the connection lives, since others may share it.</summary>
    [Fact]
    public async Task FourthStreamOfAConnectionInASecond_IsRefusedAlone()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var connection = await RawHttp2.ConnectAsync(_gateway.Http2Address!, cancellation);
        var head = RawHttp2.Block((":method", "GET"), (":scheme", "http"), (":authority", _gateway.Http2Address!.Authority), (":path", "/api/public/echo/x"));
        var statuses = new List<int>();
        for (var stream = 1; stream <= 9; stream += 2)
        {
            if (stream == 9) _clock.Advance(TimeSpan.FromSeconds(1));
            await connection.SendAsync(Http2Frame.Headers, Http2Frame.EndHeaders | Http2Frame.EndStream, stream, head, cancellation);
            statuses.Add((await connection.OutcomeAsync(stream, cancellation))!.Status);
        }

        Assert.Equal([200, 200, 200, 429, 200], statuses);
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _backend.DisposeAsync();
        await _issuer.DisposeAsync();
    }

    private string Request => $"GET /api/public/echo/x HTTP/1.1\r\nHost: {_gateway.Address.Authority}\r\n\r\n";

    private static string[] Statuses(string answers) => [.. answers.Split("HTTP/1.1 ").Skip(1).Select(answer => answer[..3])];
}
