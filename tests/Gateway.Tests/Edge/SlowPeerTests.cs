using System.Net.Sockets;
using System.Text;
using FrontDoor.TestKit;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace FrontDoor.Gateway.Tests.Edge;

/// <summary>Who sends or reads too slowly for longer than 5 s is cut off, and his request to the back end with him.</summary>
public sealed class SlowPeerTests : IAsyncLifetime
{
    private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private FakeIssuer _issuer = null!;
    private TestServer _backend = null!;
    private GatewayApp _gateway = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _issuer = await FakeIssuer.StartAsync();
        _backend = await TestServer.StartAsync(async context =>
        {
            try
            {
                await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
                var block = new byte[64 * 1024];
                while (HttpMethods.IsGet(context.Request.Method)) await context.Response.Body.WriteAsync(block, context.RequestAborted);
            }
            catch (Exception e) when (e is OperationCanceledException or IOException)
            {
                _left.TrySetResult();
            }
        });
        _gateway = await GatewayApp.StartAsync(_issuer.Trust, _backend.Address);
    }

    [Fact]
    public async Task BodyThatTrickles_Is408AndLeavesTheBackEnd()
    {
        using var client = new TcpClient();
        await client.ConnectAsync(_gateway.Address.Host, _gateway.Address.Port, Cancellation);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST /api/public/echo/x HTTP/1.1\r\nHost: {_gateway.Address.Authority}\r\nContent-Length: 100000\r\n\r\n"), Cancellation);
        using var answered = new CancellationTokenSource();
        var trickle = TrickleAsync(stream, answered.Token);
        using var reader = new StreamReader(stream);
        // Ends only because the server closes.
        var answer = await reader.ReadToEndAsync(Cancellation);
        await answered.CancelAsync();
        await trickle;
        Assert.Equal(408, RawHttp.Status(answer));
        ProblemAssert.Is(answer[answer.IndexOf('{', StringComparison.Ordinal)..], 408, "request_timeout");
        await _left.Task.WaitAsync(TimeSpan.FromSeconds(10), Cancellation);
    }

    [Fact]
    public async Task AnswerThatIsNotRead_IsCutAndLeavesTheBackEnd()
    {
        // Kestrel allows for each write the time that its bytes take at that rate: the 64 KiB that are under way would take minutes at the shipped one.
        await using var gateway = await GatewayApp.StartAsync(_issuer.Trust, _backend.Address, new Dictionary<string, string?> { ["Edge:Connections:MinBytesPerSecond"] = "200000" });
        using var client = new TcpClient { ReceiveBufferSize = 4096 };
        await client.ConnectAsync(gateway.Address.Host, gateway.Address.Port, Cancellation);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"GET /api/public/echo/x HTTP/1.1\r\nHost: {gateway.Address.Authority}\r\n\r\n"), Cancellation);
        // Nobody reads. That the back end is left is the end of the request.
        await _left.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
        await Until.TrueAsync(() => gateway.Logs.All.Any(l => l.Contains("GET /api/public/echo/x", StringComparison.Ordinal)), "the access log has its line");
    }

    private static async Task TrickleAsync(NetworkStream stream, CancellationToken stop)
    {
        try
        {
            while (true)
            {
                await stream.WriteAsync("x"u8.ToArray(), stop);
                await Task.Delay(100, stop);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // Cut off, as it should be.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _backend.DisposeAsync();
        await _issuer.DisposeAsync();
    }
}
