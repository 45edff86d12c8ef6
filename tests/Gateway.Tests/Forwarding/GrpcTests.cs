using System.Net;
using FrontDoor.Gateway.Tests.Streams;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace FrontDoor.Gateway.Tests.Forwarding;

/// <summary>A gRPC call over cleartext HTTP/2 on both sides, as far as HTTP goes: messages, the status in trailers, or the status alone.</summary>
public sealed class GrpcTests
{
    private static readonly byte[] Message = [0, 0, 0, 0, 2, 1, 2];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Call_PassesWithItsStatus(bool statusAlone)
    {
        await using var gateway = await StreamGateway.StartAsync(
            async context =>
            {
                Assert.Equal("trailers", context.Request.Headers.TE.ToString());
                context.Response.ContentType = "application/grpc";
                if (statusAlone)
                {
                    context.Response.Headers["grpc-status"] = "5";
                    return;
                }

                using var asked = new MemoryStream();
                await context.Request.Body.CopyToAsync(asked);
                await context.Response.Body.WriteAsync(asked.ToArray());
                context.Response.AppendTrailer("grpc-status", "0");
                context.Response.AppendTrailer("grpc-message", "fine");
            },
            http2: true);
        using var message = new ByteArrayContent(Message);
        message.Headers.ContentType = new("application/grpc");
        using var answer = await gateway.CallAsync("/api/echo/grpc", message);
        Assert.Equal((HttpStatusCode.OK, HttpVersion.Version20, "application/grpc"), (answer.StatusCode, answer.Version, answer.Content.Headers.ContentType?.MediaType));
        Assert.Equal(statusAlone ? [] : Message, await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        if (statusAlone) Assert.Equal(["5"], answer.Headers.GetValues("grpc-status"));
        else Assert.Equal(("0", "fine"), (Assert.Single(answer.TrailingHeaders.GetValues("grpc-status")), Assert.Single(answer.TrailingHeaders.GetValues("grpc-message"))));
    }
}
