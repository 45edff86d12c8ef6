using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.Resilience;

/// <summary>A back end whose answers are not what HTTP/1.1 allows. Whoever asks next gets the answer to his own request.</summary>
public sealed class BrokenAnswerTests : IAsyncLifetime
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentQueue<int> _connections = new();
    private FakeIssuer _issuer = null!;
    private GatewayApp _gateway = null!;
    private Task _serving = null!;

    public async ValueTask InitializeAsync()
    {
        _listener.Start();
        _serving = AcceptAsync();
        _issuer = await FakeIssuer.StartAsync();
        var address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
        _gateway = await GatewayApp.StartAsync(_issuer.Trust, address, new Dictionary<string, string?> { ["Resilience:Clusters:sample:Retries"] = "0" });
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Le|", 502)] // half a head, then the end
    [InlineData("|", 502)]
    [InlineData("nonsense\r\n\r\n", 502)]
    [InlineData("HTTP/1.1 2000 OK\r\n\r\n", 502)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\nabcde", 502)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc", 502)]
    [InlineData("HTTP/1.1 200 OK\r\n no name\r\n\r\n", 502)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged", 200)] // an answer that nobody asked for
    [InlineData("HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged", 204)]
    public async Task BrokenAnswer_IsRefusedOrCutAndTheConnectionIsUsedNoMore(string broken, int status)
    {
        using var client = Client.For(_gateway.Address);
        for (var i = 0; i < 3; i++)
        {
            using (var answer = await client.GetAsync(Path(broken), TestContext.Current.CancellationToken))
            {
                var body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
                Assert.True((int)answer.StatusCode == status, $"{(int)answer.StatusCode} {body}");
                Assert.DoesNotContain("forged", body, StringComparison.Ordinal);
            }

            var nonce = Guid.NewGuid().ToString("N");
            Assert.Equal(nonce, await client.GetStringAsync(Path($"HTTP/1.1 200 OK\r\nContent-Length: 32\r\n\r\n{nonce}"), TestContext.Current.CancellationToken));
        }

        // One request on each connection that a broken answer came on.
        Assert.True(_connections.Distinct().Count() >= 3);
    }

    private static Uri Path(string answer) => new($"/api/public/echo/{Convert.ToHexString(Encoding.Latin1.GetBytes(answer))}", UriKind.Relative);

    private async Task AcceptAsync()
    {
        var number = 0;
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptTcpClientAsync(), ++number);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    // Answers each request with what its path says; a bar ends the connection.
    private async Task ServeAsync(TcpClient connection, int number)
    {
        using (connection)
        {
            using var reader = new StreamReader(connection.GetStream(), Encoding.Latin1);
            try
            {
                while (await reader.ReadLineAsync() is { } line)
                {
                    _connections.Enqueue(number);
                    while (await reader.ReadLineAsync() is { Length: > 0 })
                    {
                        // The rest of the head.
                    }

                    var answer = Encoding.Latin1.GetString(Convert.FromHexString(line.Split(' ')[1]["/api/public/echo/".Length..]));
                    await connection.GetStream().WriteAsync(Encoding.Latin1.GetBytes(answer.TrimEnd('|')));
                    if (answer.EndsWith('|')) return;
                }
            }
            catch (IOException)
            {
                // The gateway has closed the connection.
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _serving;
        await _gateway.DisposeAsync();
        await _issuer.DisposeAsync();
    }
}
