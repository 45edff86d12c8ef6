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
