using System.Net;
using FrontDoor.TestKit;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace FrontDoor.Gateway.Tests.Streams;

/// <summary>Answers of unknown length end with the token that asked for them, each in its protocol's way.</summary>
public sealed class EndedAnswerTests
{
    private static readonly byte[] GrpcMessage = [0, 0, 0, 0, 2, 1, 2];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Events_EndInOrder(bool revoked)
    {
        await using var gateway = await StreamGateway.StartAsync(context => SendAndWaitAsync(context, "text/event-stream", "data: x\n\n"u8.ToArray()));
        using var answer = await gateway.OpenAsync("/api/events");
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        Assert.Equal("data: x", await lines.ReadLineAsync(TestContext.Current.CancellationToken));
        await (revoked ? gateway.RevokeSessionAsync() : gateway.ExpireTokenAsync());
        Assert.Equal("\n", await lines.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task OtherAnswerOfUnknownLength_IsBrokenOff(bool http2)
    {
        await using var gateway = await StreamGateway.StartAsync(context => SendAndWaitAsync(context, "application/x-ndjson", "{}\n"u8.ToArray()));
        using var answer = await gateway.OpenAsync("/api/echo/x", http2);
        await using var body = await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        await body.ReadExactlyAsync(new byte[3], TestContext.Current.CancellationToken);
        await gateway.RevokeSessionAsync();
        await Assert.ThrowsAnyAsync<IOException>(async () => await body.ReadExactlyAsync(new byte[1], TestContext.Current.CancellationToken).AsTask());
    }

    [Fact]
    public async Task GrpcAfterAWholeMessage_EndsWithStatusUnauthenticated()
    {
        await using var gateway = await StreamGateway.StartAsync(context => SendAndWaitAsync(context, "application/grpc", GrpcMessage), http2: true);
        using var answer = await gateway.OpenAsync("/api/echo/grpc", http2: true);
        await using var body = await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        await body.ReadExactlyAsync(new byte[GrpcMessage.Length], TestContext.Current.CancellationToken);
        await gateway.ExpireTokenAsync();
        Assert.Equal(0, await body.ReadAsync(new byte[1], TestContext.Current.CancellationToken));
        Assert.Equal(["16"], answer.TrailingHeaders.GetValues("grpc-status"));
        Assert.Equal(["token%20expired"], answer.TrailingHeaders.GetValues("grpc-message"));
    }

    [Fact]
    public async Task GrpcWithinAMessage_IsReset()
    {
        await using var gateway = await StreamGateway.StartAsync(context => SendAndWaitAsync(context, "application/grpc", GrpcMessage[..^1]), http2: true);
        using var answer = await gateway.OpenAsync("/api/echo/grpc", http2: true);
        await using var body = await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        await body.ReadExactlyAsync(new byte[GrpcMessage.Length - 1], TestContext.Current.CancellationToken);
        await gateway.RevokeSessionAsync();
        var next = body.ReadAsync(new byte[1], TestContext.Current.CancellationToken).AsTask();
        await gateway.WhileTimePassesAsync(next);
        await Assert.ThrowsAnyAsync<IOException>(() => next);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task GrpcWithoutAHeadYet_EndsWithStatusUnauthenticatedAlone(bool revoked, bool uploading)
    {
        var left = new TaskCompletionSource();
        await using var gateway = await StreamGateway.StartAsync(
            async context =>
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                left.SetResult();
            },
            new() { ["Resilience:Clusters:sample:Retries"] = "3" },
            http2: true);
        var go = new TaskCompletionSource();
        using var call = new GrpcCall(uploading ? go.Task : Task.CompletedTask);
        var pending = gateway.CallAsync("/api/echo/grpc", call);
        await Until.TrueAsync(() => gateway.Asked == 1, "the back end has the call");
        await (revoked ? gateway.RevokeSessionAsync() : gateway.ExpireTokenAsync());
        using var answer = await pending;
        Assert.Equal((HttpStatusCode.OK, "application/grpc"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        Assert.Equal(["16"], answer.Headers.GetValues("grpc-status"));
        Assert.Equal([revoked ? "token%20revoked" : "token%20expired"], answer.Headers.GetValues("grpc-message"));
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        // The back end is told, too, and asked no second time.
        await left.Task.WaitAsync(Until.Patience, TestContext.Current.CancellationToken);
        Assert.Equal(1, gateway.Asked);
        go.TrySetResult();
    }

    private sealed class GrpcCall : HttpContent
    {
        private readonly Task _until;

        public GrpcCall(Task until)
        {
            _until = until;
            Headers.ContentType = new("application/grpc");
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(GrpcMessage);
            await stream.FlushAsync();
            await _until;
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }

    [Fact]
    public async Task CompleteAnswer_IsWholeAndNoLongerWatched()
    {
        await using var gateway = await StreamGateway.StartAsync(async context =>
        {
            for (var i = 0; i < 100; i++)
            {
                await context.Response.Body.WriteAsync(new byte[1000], context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
            }
        });
        using var answer = await gateway.OpenAsync("/api/echo/x");
        Assert.Equal(100_000, (await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Length);
        await Until.TrueAsync(() => !gateway.Watches, "nothing is watched");
    }

    [Fact]
    public async Task AnonymousStream_HasNoTokenToOutlive()
    {
        await using var gateway = await StreamGateway.StartAsync(context => SendAndWaitAsync(context, "text/event-stream", "data: x\n\n"u8.ToArray()));
        using var answer = await gateway.OpenAsync("/api/public/echo/x");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.False(gateway.Watches);
    }

    private static async Task SendAndWaitAsync(HttpContext context, string type, byte[] bytes)
    {
        context.Response.ContentType = type;
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
        await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
