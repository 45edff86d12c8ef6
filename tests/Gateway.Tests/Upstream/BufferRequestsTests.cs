using System.Net;
using System.Net.Sockets;
using System.Text;
using FrontDoor.TestKit;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace FrontDoor.Gateway.Tests.Upstream;

/// <summary>A cluster whose back end gets requests whole, beside one whose back end gets them as they come.</summary>
public sealed class BufferRequestsTests : IAsyncLifetime
{
    private FakeIssuer _issuer = null!;
    private TestServer _backend = null!;
    private GatewayApp _gateway = null!;

    public async ValueTask InitializeAsync()
    {
        _issuer = await FakeIssuer.StartAsync();
        _backend = await TestServer.StartAsync(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            await context.Response.WriteAsync($"{context.Request.Headers.ContentLength} {context.Request.Headers.TransferEncoding} {body.ToArray().Sum(b => b)}");
        });
        var settings = new Dictionary<string, string?> { ["Upstream:Clusters:whole:BufferRequests"] = "true", ["Edge:MaxRequestBodyBytes"] = "200000" };
        foreach (var name in new[] { "whole", "streamed" })
        {
            settings[$"ReverseProxy:Clusters:{name}:Destinations:only:Address"] = _backend.Address.AbsoluteUri;
            settings[$"ReverseProxy:Routes:{name}:ClusterId"] = name;
            settings[$"ReverseProxy:Routes:{name}:AuthorizationPolicy"] = "Anonymous";
            settings[$"ReverseProxy:Routes:{name}:Match:Path"] = $"/{name}";
        }

        _gateway = await GatewayApp.StartAsync(_issuer.Trust, _backend.Address, settings);
    }

    [Theory]
    [InlineData("whole", 0, "0  0")]
    [InlineData("whole", 5, "5  5")]
    [InlineData("whole", 150_000, "150000  150000")]
    [InlineData("streamed", 5, " chunked 5")]
    public async Task BodyOfUnknownLength_ArrivesWithOneWhereTheClusterWantsIt(string path, int length, string expected)
    {
        var body = new byte[length];
        Array.Fill(body, (byte)1);
        using var answer = await PostAsync(path, body);
        Assert.Equal(expected, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task BackEnd_HearsNothingUntilTheBodyIsThere()
    {
        using var client = new TcpClient();
        await client.ConnectAsync(_gateway.Address.Host, _gateway.Address.Port, TestContext.Current.CancellationToken);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST /whole HTTP/1.1\r\nHost: {_gateway.Address.Authority}\r\nContent-Length: 4\r\nConnection: close\r\n\r\nab"), TestContext.Current.CancellationToken);
        // A later request of somebody else is forwarded meanwhile.
        using (var other = await PostAsync("whole", [1])) Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        Assert.Single(_backend.Received);

        await stream.WriteAsync("cd"u8.ToArray(), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream);
        Assert.Contains($"\r\n4  {"abcd".Sum(c => c)}\r\n", await reader.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task BodyThatTurnsOutTooLarge_Is413AndIsNotForwarded()
    {
        using var answer = await PostAsync("whole", new byte[200_001]);
        await ProblemAssert.IsAsync(answer, HttpStatusCode.RequestEntityTooLarge, "body_too_large");
        Assert.Empty(_backend.Received);
    }

    [Fact]
    public async Task BodyThatIsCut_IsNotForwarded()
    {
        var request = $"POST /whole HTTP/1.1\r\nHost: {_gateway.Address.Authority}\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\nzz\r\n";
        var answer = await RawHttp.SendAsync(_gateway.Address, request, TestContext.Current.CancellationToken);
        Assert.Equal(400, RawHttp.Status(answer));
        Assert.Empty(_backend.Received);
    }

    private async Task<HttpResponseMessage> PostAsync(string path, byte[] body)
    {
        using var client = Client.For(_gateway.Address);
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body), Headers = { TransferEncodingChunked = true } };
        return await client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _backend.DisposeAsync();
        await _issuer.DisposeAsync();
    }
}
