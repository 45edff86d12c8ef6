using System.Net;
using System.Text;
using FrontDoor.TestKit;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace FrontDoor.Gateway.Tests.Edge;

public sealed class LimitTests : IAsyncLifetime
{
    private const int Limit = 4000;

    private FakeIssuer _issuer = null!;
    private TestServer _backend = null!;
    private GatewayApp _gateway = null!;

    public async ValueTask InitializeAsync()
    {
        _issuer = await FakeIssuer.StartAsync();
        _backend = await TestServer.StartAsync(async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
            await context.Response.WriteAsync("read");
        });
        _gateway = await GatewayApp.StartAsync(_issuer.Trust, _backend.Address, new Dictionary<string, string?> { ["Edge:MaxRequestBodyBytes"] = $"{Limit}" });
    }

    [Fact]
    public async Task BodyAtTheLimit_Passes()
    {
        using var client = Client.For(_gateway.Address);
        using var content = new ByteArrayContent(new byte[Limit]);
        using var answer = await client.PostAsync(new Uri("/api/public/echo/x", UriKind.Relative), content, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task LengthOverTheLimit_Is413BeforeABodyIsRead()
    {
        // No byte of the body is ever sent: the answer cannot have waited for one.
        var answer = await RawHttp.RequestAsync(_gateway.Address, "POST", "/api/public/echo/x", $"Content-Length: {Limit + 1}");
        Assert.Equal(413, RawHttp.Status(answer));
        ProblemAssert.Is(answer[answer.IndexOf('{', StringComparison.Ordinal)..], 413, "body_too_large");
        Assert.Empty(_backend.Received);
    }

    [Fact]
    public async Task ExpectContinueOverTheLimit_Is413WithoutContinue()
    {
        var answer = await RawHttp.RequestAsync(_gateway.Address, "POST", "/api/public/echo/x", $"Content-Length: {Limit + 1}", "Expect: 100-continue");
        Assert.Equal(413, RawHttp.Status(answer));
    }

    [Fact]
    public async Task UnauthenticatedBody_IsRefusedBeforeItIsRead()
    {
        using var client = Client.For(_gateway.Address);
        using var body = new UnsentContent();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/echo/x") { Content = body, Headers = { ExpectContinue = true } };
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        await ProblemAssert.NoCredentialsAsync(answer);
        Assert.False(body.Asked);
    }

    [Fact]
    public async Task ChunkedBodyThatGrowsOverTheLimit_Is413()
    {
        var chunk = $"800\r\n{new string('x', 0x800)}\r\n";
        var answer = await RawHttp.RequestAsync(_gateway.Address, "POST", "/api/public/echo/x", $"Transfer-Encoding: chunked\r\n\r\n{chunk}{chunk}{chunk}0\r\n");
        Assert.Equal(413, RawHttp.Status(answer));
        ProblemAssert.Is(answer[answer.IndexOf('{', StringComparison.Ordinal)..], 413, "body_too_large");
    }

    [Fact]
    public async Task ChunkThatIsNone_Is400()
    {
        var answer = await RawHttp.RequestAsync(_gateway.Address, "POST", "/api/public/echo/x", "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\nzz\r\n");
        Assert.Equal(400, RawHttp.Status(answer));
        ProblemAssert.Is(answer[answer.IndexOf('{', StringComparison.Ordinal)..], 400, "bad_request");
    }

    [Fact]
    public async Task HeadersOverTheLimits_Are431()
    {
        var many = await RawHttp.RequestAsync(_gateway.Address, "GET", "/api/public/echo/x", [.. Enumerable.Range(0, 101).Select(i => $"X-{i}: {i}")]);
        var large = await RawHttp.RequestAsync(_gateway.Address, "GET", "/api/public/echo/x", [.. Enumerable.Range(0, 9).Select(i => $"X-{i}: {new string('x', 4000)}")]);
        Assert.Equal((431, 431), (RawHttp.Status(many), RawHttp.Status(large)));
        Assert.Empty(_backend.Received);
    }

    [Fact]
    public async Task RequestLineOverTheLimit_Is414()
    {
        var path = await RawHttp.RequestAsync(_gateway.Address, "GET", "/api/public/echo/" + new string('x', 9 * 1024));
        var query = await RawHttp.RequestAsync(_gateway.Address, "GET", "/api/public/echo/x?" + new string('x', 9 * 1024));
        Assert.Equal((414, 414), (RawHttp.Status(path), RawHttp.Status(query)));
        Assert.Empty(_backend.Received);
    }

    [Fact]
    public async Task AbortsAndGarbage_LeaveTheGatewayServing()
    {
        for (var i = 0; i < 50; i++)
        {
            using var connection = new System.Net.Sockets.TcpClient();
            await connection.ConnectAsync(_gateway.Address.Host, _gateway.Address.Port, TestContext.Current.CancellationToken);
            var half = i % 2 == 0 ? $"GET /api/public/echo/x HTTP/1.1\r\nHost: {_gateway.Address.Authority}\r\n" : new string((char)i, 300);
            await connection.GetStream().WriteAsync(Encoding.Latin1.GetBytes(half), TestContext.Current.CancellationToken);
            connection.LingerState = new System.Net.Sockets.LingerOption(true, 0);
        }

        using var client = Client.For(_gateway.Address);
        using var answer = await client.GetAsync(new Uri("/api/public/echo/x", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.DoesNotContain(_gateway.Logs.All, l => l.StartsWith("Error", StringComparison.Ordinal) || l.StartsWith("Critical", StringComparison.Ordinal));
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _backend.DisposeAsync();
        await _issuer.DisposeAsync();
    }

    // A client holds back a body of more than 1 KB while it expects 100 (Continue).
    private sealed class UnsentContent : HttpContent
    {
        public bool Asked { get; private set; }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            Asked = true;
            return stream.WriteAsync(new byte[Limit]).AsTask();
        }

        protected override bool TryComputeLength(out long length)
        {
            length = Limit;
            return true;
        }
    }
}
