using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.Edge;

/// <summary>
/// Frames that cost a client nothing (CVE-2023-44487, CVE-2024-27316, CVE-2025-8671 and their kin), on several connections at once. Whoever behaves is served meanwhile and
/// afterwards, and the flood leaves nothing in memory.
/// </summary>
[Collection(nameof(Forwarding.Alone))]
public sealed class Http2FloodTests : IAsyncLifetime
{
    private const int Connections = 4;
    private const int Frames = 4_000;
    private const long Megabyte = 1024 * 1024;

    private FakeIssuer _issuer = null!;
    private TestServer _backend = null!;
    private GatewayApp _gateway = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _issuer = await FakeIssuer.StartAsync();
        _backend = await TestServer.StartAsync();
        _gateway = await GatewayApp.StartAsync(_issuer.Trust, _backend.Address, new Dictionary<string, string?>
        {
            ["Kestrel:Endpoints:Http2:Url"] = "http://127.0.0.1:0", ["Kestrel:Endpoints:Http2:Protocols"] = "Http2", ["Logging:LogLevel:Default"] = "None",
        });
    }

    [Theory]
    [InlineData("rapid reset")]
    [InlineData("made you reset")]
    [InlineData("continuation")]
    [InlineData("settings")]
    [InlineData("ping")]
    [InlineData("empty data")]
    [InlineData("compression bomb")]
    [InlineData("unanswered windows")]
    public async Task Flood_HarmsNobodyElse(string kind)
    {
        using var client = Client.For(_gateway.Address);
        await GoodAsync(client);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var floods = Enumerable.Range(0, Connections).Select(_ => FloodAsync(kind)).ToArray();
        do
        {
            await GoodAsync(client);
        }
        while (!Task.WhenAll(floods).IsCompleted);
        await Task.WhenAll(floods);
        await GoodAsync(client);
        var grown = (GC.GetTotalMemory(forceFullCollection: true) - before) / Megabyte;
        TestContext.Current.TestOutputHelper!.WriteLine($"{kind}: {grown} MB more");
        Assert.True(grown < 100, $"{grown} MB more");
    }

    private static async Task GoodAsync(HttpClient client) =>
        Assert.Equal("ok", await client.GetStringAsync(new Uri("/api/public/echo/x", UriKind.Relative), Cancellation));

    // Until all is said or the gateway has had enough.
    private async Task FloodAsync(string kind)
    {
        using var connection = await RawHttp2.ConnectAsync(_gateway.Http2Address!, Cancellation);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        // What comes back must be read, or the flood would stop itself; "unanswered windows" is the one that does not.
        var reading = kind == "unanswered windows" ? Task.CompletedTask : ReadAsync(connection, over.Token);
        try
        {
            for (var i = 0; i < Frames / 50; i++) await connection.SendAsync([.. Enumerable.Range(i * 50, 50).SelectMany(n => Said(kind, n))], Cancellation);
        }
        catch (IOException)
        {
            // It was cut off.
        }

        await over.CancelAsync();
        await reading;
    }

    private byte[] Said(string kind, int n)
    {
        var stream = (2 * n) + 1;
        var head = RawHttp2.Block((":method", "POST"), (":scheme", "http"), (":authority", _gateway.Http2Address!.Authority), (":path", "/api/public/echo/x"));
        byte[] Opened(byte flags = Http2Frame.EndHeaders) => RawHttp2.Frame(Http2Frame.Headers, flags, stream, head);
        return kind switch
        {
            "rapid reset" => [.. Opened(), .. RawHttp2.Frame(Http2Frame.Reset, 0, stream, [0, 0, 0, 8])],
            // A window that overflows makes the server reset the stream itself.
            "made you reset" => [.. Opened(), .. RawHttp2.Frame(Http2Frame.WindowUpdate, 0, stream, [0x7f, 0xff, 0xff, 0xff])],
            "continuation" => n == 0 ? Opened(0) : RawHttp2.Frame(Http2Frame.Continuation, 0, 1, RawHttp2.Block(("x-field", new string('x', 100)))),
            "settings" => RawHttp2.Frame(Http2Frame.Settings, 0, 0, [0, 4, 0, 0, (byte)(n >> 8), (byte)n]),
            "ping" => RawHttp2.Frame(Http2Frame.Ping, 0, 0, [1, 2, 3, 4, 5, 6, 7, 8]),
            "empty data" => n == 0 ? Opened() : RawHttp2.Frame(Http2Frame.Data, 0, 1, []),
            // One large field enters the table, and each request names it a hundred times by one byte.
            "compression bomb" => RawHttp2.Frame(
                Http2Frame.Headers, Http2Frame.EndHeaders | Http2Frame.EndStream, stream, n == 0 ? [.. head, 0x40, 1, (byte)'x', 0x7f, 0xa1, 0x1e, .. new byte[4000].Select(_ => (byte)'y')] : [.. head, .. new byte[5000].Select(_ => (byte)0xbe)]),
            _ => [.. RawHttp2.Frame(Http2Frame.Settings, 0, 0, [0, 4, 0, 0, 0, 0]), .. RawHttp2.Frame(Http2Frame.Headers, Http2Frame.EndHeaders | Http2Frame.EndStream, stream, head)],
        };
    }

    private static async Task ReadAsync(RawHttp2 connection, CancellationToken over)
    {
        try
        {
            while (await connection.ReadAsync(over) is not null)
            {
                // All the same to a flood.
            }
        }
        catch (OperationCanceledException)
        {
            // The flood is over.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _backend.DisposeAsync();
        await _issuer.DisposeAsync();
    }
}
