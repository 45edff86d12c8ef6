using System.Globalization;
using System.Net.Sockets;
using System.Text;
using FrontDoor.Gateway.Tests.Forwarding;
using FrontDoor.Gateway.Tests.Management;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.Reliability;

/// <summary>What a request makes the gateway hold is at most a hundred times what it was sent (security contract 5), and clients that stop half-way do not keep others waiting.</summary>
[Collection(nameof(Alone))]
public sealed class AmplificationTests
{
    private const int Connections = 400;

    [Theory]
    [InlineData("half a head", 1_000)]
    [InlineData("half a body", 1_000)]
    [InlineData("half a body that is read whole", 1_000)]
    [InlineData("a hundred fields", 2_000)]
    [InlineData("idle after an answer", 1_000)]
    public async Task OneRequest_CostsNoMoreThanAHundredTimesItsBytes(string kind, int bytes)
    {
        await using var backend = await TestServer.StartAsync();
        using var gateway = new DrainedProcess(backend, "00:00:00", "00:00:05", kind.EndsWith("whole", StringComparison.Ordinal) ? ["--Upstream:Clusters:c:BufferRequests=true"] : []);
        await gateway.StartAsync();
        for (var i = 0; i < 50; i++) await AskAsync(gateway);
        var before = gateway.ResidentBytes;

        var open = new List<TcpClient>();
        var sent = 0L;
        try
        {
            for (var i = 0; i < Connections; i++)
            {
                open.Add(new TcpClient());
                await open[^1].ConnectAsync(gateway.Public.Host, gateway.Public.Port, TestContext.Current.CancellationToken);
                var said = Encoding.ASCII.GetBytes(Said(kind, bytes, gateway.Public.Authority));
                sent += said.Length;
                await open[^1].GetStream().WriteAsync(said, TestContext.Current.CancellationToken);
            }

            // Behind all of them in the queue of the listener, and so after they were read.
            for (var i = 0; i < 20; i++) await AskAsync(gateway);
            var ratio = (double)(gateway.ResidentBytes - before) / sent;
            TestContext.Current.TestOutputHelper!.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{kind}: {sent / Connections} bytes each, {ratio:F1} times as many resident"));
            Assert.True(ratio < 100, $"{ratio} times");
        }
        finally
        {
            foreach (var connection in open) connection.Dispose();
        }

        await AskAsync(gateway);
    }

    private static async Task AskAsync(DrainedProcess gateway) =>
        Assert.Equal(200, RawHttp.Status(await RawHttp.RequestAsync(gateway.Public, "GET", "/good")));

    private static string Said(string kind, int bytes, string host) => kind switch
    {
        "half a head" => $"GET /x HTTP/1.1\r\nHost: {host}\r\nX-Field: {new string('x', bytes)}",
        "a hundred fields" => $"GET /x HTTP/1.1\r\nHost: {host}\r\n{string.Concat(Enumerable.Range(0, 90).Select(i => $"X-{i}: {new string('x', bytes / 90)}\r\n"))}",
        "idle after an answer" => $"GET /x HTTP/1.1\r\nHost: {host}\r\nX-Field: {new string('x', bytes)}\r\n\r\n",
        _ => $"POST /x HTTP/1.1\r\nHost: {host}\r\nContent-Length: {bytes * 2}\r\n\r\n{new string('x', bytes)}",
    };
}
