using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace FrontDoor.TestKit;

/// <summary>Speaks cleartext HTTP/2 frame by frame, where a client library would mend or hide what matters. One connection, one request.</summary>
public static class RawHttp2
{
    private const byte Data = 0, Headers = 1, Reset = 3, Settings = 4, GoAway = 7;
    private const byte EndStream = 1, Acknowledged = 1, EndHeaders = 4;

    /// <summary>Sends a request with these fields and reads until its answer is complete or refused.</summary>
    /// <param name="server">A listener with the protocol Http2.</param>
    /// <param name="fields">All of them, pseudo-header fields first; Latin-1, as they are.</param>
    /// <param name="body">Null: none.</param>
    /// <param name="trailers">After the body, or instead.</param>
    /// <returns>The status; null when the stream was reset or the connection ended.</returns>
    public static async Task<int?> SendAsync(
        Uri server, IEnumerable<(string Name, string Value)> fields, string? body = null, IReadOnlyList<(string Name, string Value)>? trailers = null, CancellationToken cancellationToken = default)
    {
        using var connection = new TcpClient();
        await connection.ConnectAsync(server.Host, server.Port, cancellationToken);
        var stream = connection.GetStream();
        // RFC 9113 section 3.4.
        using var sent = new MemoryStream();
        sent.Write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8);
        Write(sent, Settings, 0, 0, []);
        Write(sent, Headers, (byte)(EndHeaders | (body is null && trailers is null ? EndStream : 0)), 1, Block(fields));
        if (body is not null) Write(sent, Data, trailers is null ? EndStream : (byte)0, 1, Encoding.Latin1.GetBytes(body));
        if (trailers is not null) Write(sent, Headers, EndHeaders | EndStream, 1, Block(trailers));
        await stream.WriteAsync(sent.ToArray(), cancellationToken);

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Until.Patience);
        try
        {
            return await StatusAsync(stream, patience.Token);
        }
        catch (IOException)
        {
            return null; // it ended
        }
    }

    /// <summary>The pseudo-header fields of an ordinary request.</summary>
    public static (string Name, string Value)[] Request(Uri server, string method, string path) =>
        [(":method", method), (":scheme", "http"), (":path", path), (":authority", server.Authority)];

    private static async Task<int?> StatusAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        var head = new byte[9];
        while (true)
        {
            await stream.ReadExactlyAsync(head, cancellationToken);
            var content = new byte[(head[0] << 16) | (head[1] << 8) | head[2]];
            await stream.ReadExactlyAsync(content, cancellationToken);
            switch (head[3])
            {
                case Headers:
                    return Status(content);
                case Reset or GoAway:
                    return null;
                case Settings when (head[4] & Acknowledged) == 0:
                    using (var answer = new MemoryStream())
                    {
                        Write(answer, Settings, Acknowledged, 0, []);
                        await stream.WriteAsync(answer.ToArray(), cancellationToken);
                    }

                    break;
            }
        }
    }

    // RFC 7541 appendix A: 8 to 14 are ":status" with a value; another value follows the name's index as text. Size updates of the table may come first.
    private static int Status(ReadOnlySpan<byte> block)
    {
        while ((block[0] & 0xE0) == 0x20) block = block[1..];
        return block[0] >= 0x80
            ? (block[0] & 0x7F) switch { 8 => 200, 9 => 204, 10 => 206, 11 => 304, 12 => 400, 13 => 404, 14 => 500, var other => throw new InvalidDataException($"field {other} before the status") }
            : int.Parse(block.Slice(2, block[1]), NumberStyles.None, CultureInfo.InvariantCulture);
    }

    private static void Write(Stream to, byte type, byte flags, int streamId, byte[] content)
    {
        Span<byte> head = stackalloc byte[9];
        BinaryPrimitives.WriteInt32BigEndian(head, content.Length << 8);
        (head[3], head[4]) = (type, flags);
        BinaryPrimitives.WriteInt32BigEndian(head[5..], streamId);
        to.Write(head);
        to.Write(content);
    }

    // Literals without indexing and without compression (RFC 7541 section 6.2.2).
    private static byte[] Block(IEnumerable<(string Name, string Value)> fields)
    {
        var block = new List<byte>();
        foreach (var (name, value) in fields)
        {
            block.Add(0);
            AddText(block, name);
            AddText(block, value);
        }

        return [.. block];
    }

    private static void AddText(List<byte> block, string text)
    {
        var left = text.Length;
        if (left < 0x7F) block.Add((byte)left);
        else
        {
            block.Add(0x7F);
            for (left -= 0x7F; left >= 0x80; left >>= 7) block.Add((byte)((left & 0x7F) | 0x80));
            block.Add((byte)left);
        }

        block.AddRange(Encoding.Latin1.GetBytes(text));
    }
}
