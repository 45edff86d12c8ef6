using System.Net;
using FrontDoor.TestKit;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace FrontDoor.Gateway.Tests.Edge;

public sealed class ErrorResponsesTests(SharedGateway gateway)
{
    [Theory]
    [InlineData("GET", "/nowhere")]
    [InlineData("GET", "/api/nowhere")]
    [InlineData("POST", "/nowhere")]
    [InlineData("DELETE", "/api")]
    [InlineData("GET", "/nowhere?password=secret")]
    public async Task UnknownPath_Is404WithABody(string method, string path)
    {
        using var answer = await gateway.SendAsync(path, new HttpMethod(method));
        var body = await ProblemAssert.IsAsync(answer, HttpStatusCode.NotFound, "not_found", "Not found.");
        Assert.DoesNotContain("secret", body.GetRawText(), StringComparison.Ordinal);
        Assert.Equal("no-store", answer.Headers.CacheControl?.ToString());
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(418)]
    [InlineData(429)]
    [InlineData(500)]
    public async Task BackEndsOwnErrorWithoutBody_PassesUntouched(int status)
    {
        using var answer = await gateway.SendAsync(SharedGateway.AnonymousPath(), headers: [("X-Answer", $"{status}")]);
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Null(answer.Content.Headers.ContentType);
        Assert.Empty(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(400)]
    [InlineData(404)]
    [InlineData(500)]
    public async Task BackEndsOwnErrorWithBody_PassesUntouched(int status)
    {
        using var answer = await gateway.SendAsync(SharedGateway.AnonymousPath(), headers: [("X-Answer", $"{status} its own words")]);
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("its own words", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task BackEndThatIsDown_Is502WithoutItsAddress()
    {
        var gone = await TestServer.StartAsync();
        var address = gone.Address;
        await gone.DisposeAsync();
        await using var app = await GatewayApp.StartAsync(gateway.Issuer.Trust, address);
        using var client = Client.For(app.Address);
        using var answer = await client.GetAsync(new Uri("/api/public/echo/x", UriKind.Relative), TestContext.Current.CancellationToken);
        var body = await ProblemAssert.IsAsync(answer, HttpStatusCode.BadGateway, "bad_gateway");
        Assert.DoesNotContain($"{address.Port}", body.GetProperty("detail").GetString()!, StringComparison.Ordinal);
        Assert.Contains(app.Logs.All, l => l.StartsWith("Warning", StringComparison.Ordinal) && l.Contains("Forwarding to", StringComparison.Ordinal));
        Assert.DoesNotContain(app.Logs.All, l => l.Contains("   at ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(null)]
    public async Task BackEndThatCutsItsAnswer_IsVisiblyCut(int? length)
    {
        await using var backend = await TestServer.StartAsync(async context =>
        {
            context.Response.ContentLength = length;
            await context.Response.WriteAsync("only this");
            await context.Response.Body.FlushAsync(context.RequestAborted);
            context.Abort();
        });
        await using var app = await GatewayApp.StartAsync(gateway.Issuer.Trust, backend.Address);
        using var client = Client.For(app.Address);
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync(new Uri("/api/public/echo/x", UriKind.Relative), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task BackEndThatSpeaksNoHttp_Is502()
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
        var garbage = Task.Run(async () =>
        {
            while (true)
            {
                using var connection = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
                await connection.GetStream().WriteAsync("SSH-2.0-nonsense\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
            }
        }, TestContext.Current.CancellationToken);
        await using var app = await GatewayApp.StartAsync(gateway.Issuer.Trust, address);
        using var client = Client.For(app.Address);
        using var answer = await client.GetAsync(new Uri("/api/public/echo/x", UriKind.Relative), TestContext.Current.CancellationToken);
        await ProblemAssert.IsAsync(answer, HttpStatusCode.BadGateway, "bad_gateway");
        listener.Stop();
        await Assert.ThrowsAnyAsync<Exception>(() => garbage);
    }
}
