using System.Net.Sockets;
using System.Text;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.Forwarding;

/// <summary>Behind a 101 nobody judges anything any more, so there is none without a whole handshake (security contract 1.4; CVE-2025-64763).</summary>
public sealed class UpgradeTests : IAsyncLifetime
{
    // RFC 6455 section 1.3's example.
    private const string Key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
    private const string Accept = "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
    private const string Version = "Sec-WebSocket-Version: 13";
    private const string Switching = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n";

    private readonly ScriptedBackEnd _backend = new("/api/public/echo/");
    private FakeIssuer _issuer = null!;
    private GatewayApp _gateway = null!;

    public async ValueTask InitializeAsync()
    {
        _issuer = await FakeIssuer.StartAsync();
        _gateway = await GatewayApp.StartAsync(_issuer.Trust, _backend.Address, new Dictionary<string, string?> { ["Resilience:Clusters:sample:Retries"] = "0" });
    }

    [Fact]
    public async Task WholeHandshake_IsATunnel()
    {
        var answer = await AskAsync("GET", $"{Switching}{Accept}\r\n\r\nfrom the back end|", "Connection: Upgrade", "Upgrade: websocket", Version, Key);
        Assert.StartsWith("HTTP/1.1 101 ", answer, StringComparison.Ordinal);
        Assert.EndsWith("from the back end", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400, "GET", "Connection: Upgrade", "Upgrade: websocket", Version)]
    [InlineData(426, "GET", "Connection: Upgrade", "Upgrade: websocket", Key)]
    [InlineData(400, "GET", "Connection: Upgrade", "Upgrade: websocket", Key, Key, Version)]
    [InlineData(426, "GET", "Connection: Upgrade", "Upgrade: websocket", Key, "Sec-WebSocket-Version: 777")]
    [InlineData(400, "GET", "Connection: Upgrade", "Upgrade: websocket", Version, "Sec-WebSocket-Key: dG9vIHNob3J0")]
    [InlineData(400, "GET", "Connection: Upgrade", "Upgrade: websocket", Version, "Sec-WebSocket-Key: not base 64 at all, but long")]
    [InlineData(400, "POST", "Connection: Upgrade", "Upgrade: websocket", Version, Key)]
    public async Task HalfAHandshake_IsRefusedHoweverTheBackEndAnswers(int status, string method, params string[] fields)
    {
        var answer = await AskAsync(method, $"{Switching}{Accept}\r\n\r\ntunnel", fields);
        Assert.Equal(status, RawHttp.Status(answer));
        Assert.DoesNotContain("tunnel", answer, StringComparison.Ordinal);
        Assert.Empty(_backend.Asked);
    }

    [Theory]
    [InlineData("Connection: close", "Upgrade: websocket", Version, Key)]
    [InlineData("Connection: Upgrade", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__")]
    [InlineData("Connection: Upgrade", "Upgrade: websocket, h2c", Version, Key)]
    [InlineData("Connection: Upgrade", "Upgrade: h2c, websocket", Version, Key)]
    [InlineData("Connection: Upgrade", "Upgrade: anything")]
    [InlineData("Connection: Upgrade", Version, Key)]
    public async Task OtherWish_IsNotPassedOn_AndA101IsNoAnswerToIt(params string[] fields)
    {
        var answer = await AskAsync("GET", $"{Switching}{Accept}\r\n\r\ntunnel", fields);
        Assert.True(RawHttp.Status(answer) is 400 or 502, answer);
        Assert.DoesNotContain("tunnel", answer, StringComparison.Ordinal);
        Assert.DoesNotContain(_backend.Received, r => r.Contains("Upgrade:", StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData(Switching)]
    [InlineData(Switching + "Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n" + Accept + "\r\n")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\n" + Accept + "\r\n")]
    public async Task AnswerThatDoesNotFitTheHandshake_Is502(string head)
    {
        var answer = await AskAsync("GET", $"{head}\r\ntunnel", "Connection: Upgrade", "Upgrade: websocket", Version, Key);
        Assert.Equal(502, RawHttp.Status(answer));
        Assert.DoesNotContain("tunnel", answer, StringComparison.Ordinal);
    }

    /// <summary>What a client sends before it has the 101 is its next request if there is none, and is judged as such; the back end never sees it as one of its connection.</summary>
    [Fact]
    public async Task BytesBeforeTheAnswer_AreNoRequestThatNobodyJudged()
    {
        var refused = _backend.PathFor("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
        var early = $"GET /api/admin/early HTTP/1.1\r\nHost: {_gateway.Address.Authority}\r\nConnection: close\r\n\r\n";
        var answers = await RawHttp.SendAsync(
            _gateway.Address,
            $"GET {refused} HTTP/1.1\r\nHost: {_gateway.Address.Authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n{Version}\r\n{Key}\r\n\r\n{early}",
            TestContext.Current.CancellationToken);
        Assert.Equal(403, RawHttp.Status(answers));
        Assert.DoesNotContain("HTTP/1.1 101", answers, StringComparison.Ordinal);
        Assert.DoesNotContain(_backend.Received, r => r.Contains("early", StringComparison.Ordinal));
    }

    [Fact]
    public async Task BytesBeforeTheAnswer_WaitForIt()
    {
        using var client = new TcpClient();
        await client.ConnectAsync(_gateway.Address.Host, _gateway.Address.Port, TestContext.Current.CancellationToken);
        var path = _backend.PathFor($"{Switching}{Accept}\r\n\r\n");
        var head = $"GET {path} HTTP/1.1\r\nHost: {_gateway.Address.Authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n{Version}\r\n{Key}\r\n\r\n";
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head + "early bytes"), TestContext.Current.CancellationToken);
        await Until.TrueAsync(() => _backend.Received.Any(r => r.EndsWith("\r\n\r\nearly bytes", StringComparison.Ordinal)), "they came after the head");
        Assert.Single(_backend.Asked);
    }

    public async ValueTask DisposeAsync()
    {
        await _backend.DisposeAsync();
        await _gateway.DisposeAsync();
        await _issuer.DisposeAsync();
    }

    private Task<string> AskAsync(string method, string answer, params string[] fields) => RawHttp.SendAsync(
        _gateway.Address,
        $"{method} {_backend.PathFor(answer)} HTTP/1.1\r\nHost: {_gateway.Address.Authority}\r\n{string.Concat(fields.Select(f => f + "\r\n"))}\r\n"
        + RawHttp.Farewell(_gateway.Address),
        TestContext.Current.CancellationToken);
}
