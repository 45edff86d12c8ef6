using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace FrontDoor.TestKit;

/// <summary>A back end that answers each request byte by byte with what its path says, be it HTTP or not, and keeps what it received.</summary>
public sealed class ScriptedBackEnd : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentQueue<int> _asked = new();
    private readonly ConcurrentDictionary<int, StringBuilder> _received = new();
    private readonly string _prefix;
    private readonly Task _serving;

    /// <param name="prefix">What stands before the answer in the path of a request.</param>
    public ScriptedBackEnd(string prefix)
    {
        _prefix = prefix;
        _listener.Start();
        _serving = AcceptAsync();
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    /// <summary>The connection of each request, in order.</summary>
    public IReadOnlyCollection<int> Asked => _asked;

    /// <summary>All that arrived, each connection as Latin-1 text.</summary>
    public IReadOnlyList<string> Received => [.. _received.OrderBy(c => c.Key).Select(c => Text(c.Value))];

    /// <summary>The path of a request that is answered with these bytes; a tilde is a pause of 20 ms, a bar at the end ends the connection.</summary>
    public string PathFor(string answer) => _prefix + Convert.ToHexString(Encoding.Latin1.GetBytes(answer));

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _serving;
    }

    private async Task AcceptAsync()
    {
        var number = 0;
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptTcpClientAsync(), ++number);
        }
        // The last: stopped between two calls, the listener says that it was never started.
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient connection, int number)
    {
        using (connection)
        {
            var all = _received[number] = new StringBuilder();
            var buffer = new byte[4096];
            var answered = 0;
            try
            {
                while (await connection.GetStream().ReadAsync(buffer) is > 0 and var read)
                {
                    lock (all) all.Append(Encoding.Latin1.GetString(buffer, 0, read));
                    while (Text(all).IndexOf("\r\n\r\n", answered, StringComparison.Ordinal) is > 0 and var end)
                    {
                        var head = Text(all)[answered..end];
                        answered = end + 4;
                        if (head.IndexOf(_prefix, StringComparison.Ordinal) is not (> 0 and var at)) continue; // not a head, or nobody's
                        _asked.Enqueue(number);
                        var answer = Encoding.Latin1.GetString(Convert.FromHexString(head[(at + _prefix.Length)..head.IndexOf(" HTTP/", StringComparison.Ordinal)]));
                        foreach (var part in answer.TrimEnd('|').Split('~'))
                        {
                            if (part.Length < answer.TrimEnd('|').Length) await Task.Delay(20);
                            await connection.GetStream().WriteAsync(Encoding.Latin1.GetBytes(part));
                        }

                        if (answer.EndsWith('|')) return;
                    }
                }
            }
            catch (IOException)
            {
                // The gateway has closed the connection.
            }
        }
    }

    private static string Text(StringBuilder received)
    {
        lock (received) return received.ToString();
    }
}
