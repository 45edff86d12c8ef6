using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace FrontDoor.EndToEnd.Tests;

/// <summary>Stands before a process and notes the targets of the whole POSTs (with the body {}) that reach it: one that is killed cannot tell. It dies with the process, connections and listener.</summary>
internal sealed partial class RecordingRelay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _port;
    private readonly Task _accepting;

    public RecordingRelay(int port)
    {
        _port = port;
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
        _accepting = AcceptAsync();
    }

    public Uri Address { get; }

    public ConcurrentQueue<string> Posts { get; } = new();

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true) connections.Add(RelayAsync(await _listener.AcceptTcpClientAsync()));
        }
        // The last: stopped between two calls, the listener says that it was never started.
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task RelayAsync(TcpClient client)
    {
        using (client)
        using (var process = new TcpClient())
        {
            client.LingerState = new LingerOption(true, 0);
            try
            {
                await process.ConnectAsync(IPAddress.Loopback, _port);
                var answers = process.GetStream().CopyToAsync(client.GetStream());
                var requests = CopyAsync(client.GetStream(), process.GetStream());
                // Whoever ends first ends both; both tasks are seen to their end below.
                await Task.WhenAny(answers, requests);
                client.Close();
                process.Close();
                await Task.WhenAll(answers, requests);
            }
            catch (SocketException)
            {
                _listener.Stop();
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                // The process was killed, or the gateway has closed the connection.
            }
        }
    }

    private async Task CopyAsync(NetworkStream from, NetworkStream to)
    {
        var (buffer, seen) = (new byte[16 * 1024], "");
        for (int read; (read = await from.ReadAsync(buffer)) > 0;)
        {
            seen += Encoding.Latin1.GetString(buffer, 0, read);
            // What is not whole yet is looked at again with its other half.
            for (var post = Post().Match(seen); post.Success; post = Post().Match(seen))
            {
                Posts.Enqueue(post.Groups[1].Value);
                seen = seen[(post.Index + post.Length)..];
            }

            await to.WriteAsync(buffer.AsMemory(0, read));
        }
    }

    // With the body: .NET sends a head again whose body it had not begun when the connection broke, and nobody can have served that one.
    [GeneratedRegex(@"POST (\S+) HTTP/1\.1\r\n(?:[^\r\n]+\r\n)*\r\n\{\}")]
    private static partial Regex Post();
}
