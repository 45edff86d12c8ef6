using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.Edge;

/// <summary>RFC 9113 sections 8.1.1, 8.2 and 8.3: a malformed message ends its stream or connection, and no back end hears of it.</summary>
public sealed class Http2FramingTests(SharedGateway gateway)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    // 8.2.2: what belongs to a connection of HTTP/1.1.
    [InlineData("connection", "keep-alive")]
    [InlineData("connection", "x-foo")]
    [InlineData("keep-alive", "timeout=5")]
    [InlineData("proxy-connection", "keep-alive")]
    [InlineData("transfer-encoding", "chunked")]
    [InlineData("transfer-encoding", "identity")]
    [InlineData("upgrade", "websocket")]
    [InlineData("upgrade", "h2c")]
    [InlineData("te", "gzip")]
    // 8.2.1: names and values.
    [InlineData("X-Upper", "1")]
    [InlineData("x y", "1")]
    [InlineData("x:y", "1")]
    [InlineData("x\ny", "1")]
    [InlineData("x\0y", "1")]
    [InlineData("x\u00e9", "1")]
    [InlineData("", "1")]
    [InlineData("x-value", "a\r\nx-injected: 1")]
    [InlineData("x-value", "a\rb")]
    [InlineData("x-value", "a\nb")]
    [InlineData("x-value", "a\0b")]
    // 8.3: pseudo-fields.
    [InlineData(":path", "/again")]
    [InlineData(":method", "POST")]
    [InlineData(":unknown", "1")]
    [InlineData(":status", "200")]
    [InlineData(":protocol", "websocket")]
    // RFC 9110 8.6
    [InlineData("content-length", "abc")]
    [InlineData("content-length", "-1")]
    [InlineData("content-length", "+0")]
    [InlineData("content-length", "-0")]
    [InlineData("content-length", "0, 0")]
    public async Task FieldThatMustNotBe_IsRefusedAndArrivesNowhere(string name, string value)
    {
        var path = SharedGateway.AnonymousPath();
        await IsRefusedAsync([.. Head("GET", path), (name, value)]);
        gateway.NothingArrived(path);
        await gateway.StillServesAsync();
    }

    [Theory]
    [InlineData(":method")]
    [InlineData(":scheme")]
    [InlineData(":path")]
    [InlineData(":authority")]
    public async Task MissingPseudoField_IsRefused(string missing)
    {
        var path = SharedGateway.AnonymousPath();
        await IsRefusedAsync([.. Head("GET", path).Where(f => f.Name != missing)]);
        gateway.NothingArrived(path);
    }

    [Theory]
    [InlineData(":method", "")]
    [InlineData(":method", "G ET")]
    [InlineData(":method", "GET {0} HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData(":method", "TRACE")]
    [InlineData(":method", "CONNECT")]
    [InlineData(":scheme", "https")]
    [InlineData(":scheme", "http://elsewhere.test/?")]
    [InlineData(":scheme", "")]
    [InlineData(":authority", "")]
    [InlineData(":authority", "elsewhere.test")]
    [InlineData(":authority", "user@localhost")]
    [InlineData(":authority", "localhost/x")]
    [InlineData(":path", "")]
    [InlineData(":path", "*")]
    [InlineData(":path", "api/public/echo/x")]
    [InlineData(":path", "http://localhost{0}")]
    [InlineData(":path", "{0}/../../../admin/x")]
    [InlineData(":path", "{0}/%2e%2e/x")]
    [InlineData(":path", "{0}//x")]
    [InlineData(":path", "{0}\\x")]
    [InlineData(":path", "{0} HTTP/1.1\r\nX-Injected: 1")]
    [InlineData(":path", "{0} x")]
    [InlineData(":path", "{0}\0")]
    [InlineData(":path", "{0}\u00e9")]
    [InlineData(":path", "{0}#x")]
    public async Task PseudoFieldThatSaysSomethingElse_IsRefused(string name, string value)
    {
        var path = SharedGateway.AnonymousPath();
        var said = value.Replace("{0}", path, StringComparison.Ordinal);
        await IsRefusedAsync([.. Head("GET", path).Select(f => f.Name == name ? (name, said) : f)]);
        gateway.NothingArrived(path);
    }

    [Fact]
    public async Task PseudoFieldAfterAnotherField_IsRefused()
    {
        var path = SharedGateway.AnonymousPath();
        var head = Head("GET", path);
        await IsRefusedAsync([head[0], head[1], head[2], ("x-field", "1"), head[3]]);
        gateway.NothingArrived(path);
    }

    /// <summary>8.1.1: the head was forwarded before the body was there, so the back end has a request that is never completed; nobody takes it for a whole one.</summary>
    [Theory]
    [InlineData("5", "abc")]
    [InlineData("2", "abc")]
    [InlineData("0", "abc")]
    public async Task BodyOfAnotherLengthThanWasSaid_IsRefused(string length, string body)
    {
        var path = SharedGateway.AnonymousPath();
        using var connection = await RawHttp2.ConnectAsync(gateway.App.Http2Address!, Cancellation);
        await connection.SendAsync(Http2Frame.Headers, Http2Frame.EndHeaders, 1, RawHttp2.Block([.. Head("POST", path), ("content-length", length)]), Cancellation);
        await connection.SendAsync(Http2Frame.Data, Http2Frame.EndStream, 1, System.Text.Encoding.ASCII.GetBytes(body), Cancellation);
        Refused(await connection.OutcomeAsync(1, Cancellation), "");
        await gateway.StillServesAsync();
    }

    [Theory]
    [InlineData(":path", "/api/admin/x")]
    [InlineData("X-Upper", "1")]
    [InlineData("connection", "x")]
    public async Task TrailerThatMustNotBe_EndsTheStream(string name, string value)
    {
        var path = SharedGateway.AnonymousPath();
        using var connection = await RawHttp2.ConnectAsync(gateway.App.Http2Address!, Cancellation);
        await connection.SendAsync(Http2Frame.Headers, Http2Frame.EndHeaders, 1, RawHttp2.Block(Head("POST", path)), Cancellation);
        await connection.SendAsync(Http2Frame.Data, 0, 1, "x"u8.ToArray(), Cancellation);
        await connection.SendAsync(Http2Frame.Headers, Http2Frame.EndHeaders | Http2Frame.EndStream, 1, RawHttp2.Block((name, value)), Cancellation);
        Refused(await connection.OutcomeAsync(1, Cancellation), "");
        await gateway.StillServesAsync();
    }

    [Fact]
    public async Task HostBesideAuthority_IsNotHeard()
    {
        var path = SharedGateway.AnonymousPath();
        using var connection = await RawHttp2.ConnectAsync(gateway.App.Http2Address!, Cancellation);
        await connection.SendAsync(Http2Frame.Headers, Http2Frame.EndHeaders | Http2Frame.EndStream, 1, RawHttp2.Block([.. Head("GET", path), ("host", "elsewhere.test")]), Cancellation);
        Assert.Equal(200, (await connection.OutcomeAsync(1, Cancellation))!.Status);
        Assert.Equal(gateway.App.Http2Address!.Authority, gateway.Arrived(path).Header("X-Forwarded-Host"));
        Assert.DoesNotContain(gateway.Arrived(path).Headers, h => h.Value.Contains("elsewhere.test"));
    }

    [Fact]
    public async Task GoodRequest_IsServed()
    {
        // Or the refusals above would prove nothing.
        var path = SharedGateway.AnonymousPath();
        using var connection = await RawHttp2.ConnectAsync(gateway.App.Http2Address!, Cancellation);
        await connection.SendAsync(Http2Frame.Headers, Http2Frame.EndHeaders | Http2Frame.EndStream, 1, RawHttp2.Block([.. Head("GET", path), ("te", "trailers"), ("x-field", "a b")]), Cancellation);
        var answer = await connection.OutcomeAsync(1, Cancellation);
        Assert.Equal((Http2Frame.Headers, 200), (answer!.Type, answer.Status));
        Assert.Equal("a b", gateway.Arrived(path).Header("x-field"));
    }

    /// <summary>Trailers carry fields past whoever looks at the head (CVE-2026-88004), so a back end gets none.</summary>
    [Fact]
    public async Task Trailers_AreNotOnTheWireToTheBackEnd()
    {
        await using var backend = new ScriptedBackEnd("/api/public/echo/");
        await using var app = await GatewayApp.StartAsync(gateway.Issuer.Trust, backend.Address, new Dictionary<string, string?>
        {
            ["Kestrel:Endpoints:Http2:Url"] = "http://127.0.0.1:0", ["Kestrel:Endpoints:Http2:Protocols"] = "Http2",
        });
        using var connection = await RawHttp2.ConnectAsync(app.Http2Address!, Cancellation);
        var head = RawHttp2.Block(
            (":method", "POST"), (":scheme", "http"), (":authority", app.Http2Address!.Authority), (":path", backend.PathFor("HTTP/1.1 204 No Content\r\n\r\n")), ("trailer", "x-user-id"));
        await connection.SendAsync(Http2Frame.Headers, Http2Frame.EndHeaders, 1, head, Cancellation);
        await connection.SendAsync(Http2Frame.Data, 0, 1, "x"u8.ToArray(), Cancellation);
        await connection.SendAsync(Http2Frame.Headers, Http2Frame.EndHeaders | Http2Frame.EndStream, 1, RawHttp2.Block(("x-user-id", "forged"), ("x-trailer", "a\nb")), Cancellation);
        await Until.TrueAsync(() => backend.Received.Any(r => r.EndsWith("0\r\n\r\n", StringComparison.Ordinal)), "the body has arrived whole");
        Assert.DoesNotContain(backend.Received, r => r.Contains("forged", StringComparison.Ordinal) || r.Contains("a\nb", StringComparison.Ordinal));
    }

    private (string Name, string Value)[] Head(string method, string path) =>
        [(":method", method), (":scheme", "http"), (":authority", gateway.App.Http2Address!.Authority), (":path", path)];

    private async Task IsRefusedAsync((string Name, string Value)[] fields)
    {
        using var connection = await RawHttp2.ConnectAsync(gateway.App.Http2Address!, Cancellation);
        await connection.SendAsync(Http2Frame.Headers, Http2Frame.EndHeaders | Http2Frame.EndStream, 1, RawHttp2.Block(fields), Cancellation);
        Refused(await connection.OutcomeAsync(1, Cancellation), string.Join(' ', fields));
    }

    // A reset stream, a closed connection, or an answer that blames the client.
    private static void Refused(Http2Frame? outcome, string what) => Assert.True(
        outcome is null or { Type: Http2Frame.Reset or Http2Frame.GoAway } || outcome.Status is >= 400 and < 500 or 501, $"{outcome?.Type} {(outcome?.Type == Http2Frame.Headers ? outcome.Status : 0)} {what}");
}
