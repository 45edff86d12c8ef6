using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace FrontDoor.Gateway.Tests.Forwarding;

/// <summary>A back end that allocates nothing for a request: plain sockets, a thread for each connection.</summary>
internal sealed class FixedAnswer : IDisposable
{
    private static readonly byte[] Answer = Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {Body.Length}\r\n\r\n{Encoding.ASCII.GetString(Body)}");
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public FixedAnswer()
    {
        _listener.Start();
        new Thread(Accept) { IsBackground = true }.Start();
    }

    public static ReadOnlySpan<byte> Body => "{\"fixed\":true}"u8;

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    /// <summary>Sends a request and reads its answer, which says how long it is, without allocating either.</summary>
    /// <returns>How much was read into the buffer.</returns>
    public static int Ask(Socket client, byte[] request, byte[] buffer)
    {
        client.Send(request);
        for (var read = 0; ;)
        {
            read += client.Receive(buffer, read, buffer.Length - read, SocketFlags.None) is > 0 and var more ? more : throw new IOException("closed");
            var head = buffer.AsSpan(0, read).IndexOf("\r\n\r\n"u8);
            if (head >= 0 && read >= head + 4 + BodyLength(buffer.AsSpan(0, head))) return read;
        }
    }

    private static int BodyLength(ReadOnlySpan<byte> head)
    {
        var name = "\r\nContent-Length: "u8;
        var at = head.IndexOf(name);
        return at >= 0 && Utf8Parser.TryParse(head[(at + name.Length)..], out int length, out _) ? length : throw new IOException("no length");
    }

    public void Dispose() => _listener.Dispose();

    private void Accept()
    {
        try
        {
            while (true)
            {
                var connection = _listener.AcceptSocket();
                new Thread(() => Serve(connection)) { IsBackground = true }.Start();
            }
        }
        // The last: stopped between two calls, the listener says that it was never started.
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The end of the test.
        }
    }

    private static void Serve(Socket connection)
    {
        using (connection)
        {
            try
            {
                var buffer = new byte[8192];
                var read = 0;
                while (connection.Receive(buffer, read, buffer.Length - read, SocketFlags.None) is > 0 and var more)
                {
                    read += more;
                    if (!buffer.AsSpan(0, read).EndsWith("\r\n\r\n"u8)) continue;
                    connection.Send(Answer);
                    read = 0;
                }
            }
            catch (SocketException)
            {
                // The gateway was ended in the middle of a request.
            }
        }
    }
}
