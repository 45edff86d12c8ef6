using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using FrontDoor.Gateway.Upstream;
using FrontDoor.TestKit;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace FrontDoor.Gateway.Tests.Upstream;

/// <summary>A cluster whose answers are read as fast as they come.</summary>
public sealed class BufferResponsesTests : IAsyncLifetime
{
    private const int Large = 40_000_000; // more than the kernel's buffers on both lines hold

    private readonly TaskCompletionSource _go = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private FakeIssuer _issuer = null!;
    private TestServer _backend = null!;
    private GatewayApp _gateway = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _issuer = await FakeIssuer.StartAsync();
        _backend = await TestServer.StartAsync(AnswerAsync);
        _gateway = await GatewayApp.StartAsync(_issuer.Trust, _backend.Address, new Dictionary<string, string?> { ["Upstream:Clusters:sample:BufferResponses"] = "true" });
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SlowReader_OccupiesNoWorkerAndGetsAll(bool length)
    {
        using var client = new TcpClient { ReceiveBufferSize = 4096 };
        var stream = await AskAsync(client, $"large?{(length ? "length" : "")}");
        // The back end is done, and nobody has read a byte.
        await _done.Task.WaitAsync(TimeSpan.FromSeconds(20), Cancellation);

        var (total, sum, buffer) = (0L, 0L, new byte[256 * 1024]);
        while (await stream.ReadAsync(buffer, Cancellation) is > 0 and var read)
        {
            total += read;
            for (var i = 0; i < read; i++) sum += buffer[i] == 'x' ? 1 : 0;
        }

        Assert.Equal(Large, sum);
        Assert.True(total > Large);
    }

    [Fact]
    public async Task FirstBytes_DoNotWaitForTheLast()
    {
        using var client = Client.For(_gateway.Address);
        using var answer = await client.GetAsync(new Uri("/api/public/echo/parts", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, Cancellation);
        await using var body = await answer.Content.ReadAsStreamAsync(Cancellation);
        var first = new byte[5];
        await body.ReadExactlyAsync(first, Cancellation);
        _go.SetResult();
        using var rest = new StreamReader(body);
        Assert.Equal(("first", "last"), (Encoding.ASCII.GetString(first), await rest.ReadToEndAsync(Cancellation)));
    }

    [Theory]
    [InlineData("parts")]
    [InlineData("endless")]
    public async Task ClientThatLeaves_EndsTheBackEndsRequest(string path)
    {
        using (var client = new TcpClient())
        {
            var stream = await AskAsync(client, path);
            Assert.NotEqual(0, await stream.ReadAsync(new byte[1], Cancellation));
            client.LingerState = new LingerOption(true, 0);
        }

        await _left.Task.WaitAsync(TimeSpan.FromSeconds(20), Cancellation);
    }

    [Theory]
    [InlineData("cut")]
    [InlineData("cut?length")]
    public async Task BackEndThatBreaksOff_ShowsAfterWhatCame(string path)
    {
        using var client = Client.For(_gateway.Address);
        using var answer = await client.GetAsync(new Uri($"/api/public/echo/{path}", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, Cancellation);
        await using var body = await answer.Content.ReadAsStreamAsync(Cancellation);
        _go.SetResult();
        await Assert.ThrowsAnyAsync<IOException>(() => body.CopyToAsync(Stream.Null, Cancellation));
    }

    [Theory]
    [InlineData("application/json", null, null, true)]
    [InlineData(null, null, null, true)]
    [InlineData("application/json", "yes", null, true)]
    [InlineData("application/json", "No", null, false)]
    [InlineData("text/event-stream; charset=utf-8", null, null, false)]
    [InlineData("Text/Event-Stream", null, null, false)]
    [InlineData("application/grpc", null, null, false)]
    [InlineData("application/grpc-web+proto", null, null, false)]
    [InlineData("application/json", null, HttpStatusCode.SwitchingProtocols, false)]
    public void Conversations_AreNotBuffered(string? type, string? wish, HttpStatusCode? status, bool buffered)
    {
        using var answer = new HttpResponseMessage(status ?? HttpStatusCode.OK) { Content = new ByteArrayContent([1]) };
        answer.Content.Headers.ContentType = type is null ? null : MediaTypeHeaderValue.Parse(type);
        if (wish is not null) answer.Headers.Add("X-Accel-Buffering", wish);
        Assert.Equal(buffered, BufferAnswers.MayBuffer(answer));
    }

    public async ValueTask DisposeAsync()
    {
        _go.TrySetResult();
        await _gateway.DisposeAsync();
        await _backend.DisposeAsync();
        await _issuer.DisposeAsync();
    }

    private async Task<NetworkStream> AskAsync(TcpClient client, string path)
    {
        await client.ConnectAsync(_gateway.Address.Host, _gateway.Address.Port, Cancellation);
        await client.GetStream().WriteAsync(
            Encoding.ASCII.GetBytes($"GET /api/public/echo/{path} HTTP/1.1\r\nHost: {_gateway.Address.Authority}\r\nConnection: close\r\n\r\n"), Cancellation);
        return client.GetStream();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var block = new byte[40_000];
        Array.Fill(block, (byte)'x');
        try
        {
            switch (context.Request.Path.Value!.Split('/')[^1])
            {
                case "large":
                    if (context.Request.QueryString.HasValue) context.Response.ContentLength = Large;
                    for (var i = 0; i < Large / block.Length; i++) await context.Response.Body.WriteAsync(block, context.RequestAborted);
                    _done.SetResult();
                    break;
                case "endless":
                    while (true) await context.Response.Body.WriteAsync(block, context.RequestAborted);
                case "cut":
                    if (context.Request.QueryString.HasValue) context.Response.ContentLength = Large;
                    await context.Response.Body.WriteAsync(block, context.RequestAborted);
                    await context.Response.Body.FlushAsync(context.RequestAborted);
                    await _go.Task;
                    context.Abort();
                    break;
                default:
                    await context.Response.WriteAsync("first", context.RequestAborted);
                    await context.Response.Body.FlushAsync(context.RequestAborted);
                    await _go.Task.WaitAsync(context.RequestAborted);
                    await context.Response.WriteAsync("last", context.RequestAborted);
                    break;
            }
        }
        catch (OperationCanceledException)
        {
            _left.TrySetResult();
        }
    }
}
