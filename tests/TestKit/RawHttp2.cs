using System.Net.Sockets;
using System.Text;

namespace FrontDoor.TestKit;

/// <summary>One frame as it came (RFC 9113 section 4.1).</summary>
public sealed record Http2Frame(byte Type, byte Flags, int Stream, byte[] Payload)
{
    public const byte Data = 0, Headers = 1, Reset = 3, Settings = 4, Ping = 6, GoAway = 7, WindowUpdate = 8, Continuation = 9;

    public const byte EndStream = 1, Acknowledged = 1, EndHeaders = 4;

    /// <summary>The status of an answer's HEADERS frame, as Kestrel writes it: first, from the static table or as plain text.</summary>
    public int Status
    {
        get
        {
            var at = 0;
            while ((Payload[at] & 0xE0) == 0x20) at++; // a change of the table's size
            int[] known = [200, 204, 206, 304, 400, 404, 500];
            return (Payload[at] & 0x80) != 0 ? known[Payload[at] - 0x88] : int.Parse(Encoding.ASCII.GetString(Payload, at + 2, 3), System.Globalization.CultureInfo.InvariantCulture);
        }
    }
}

/// <summary>Speaks cleartext HTTP/2 frame by frame, where a client library would not send what matters.</summary>
public sealed class RawHttp2 : IDisposable
{
    private readonly TcpClient _client = new() { NoDelay = true };
    private NetworkStream _stream = null!;

    /// <summary>Connects and says the preface and empty settings.</summary>
    public static async Task<RawHttp2> ConnectAsync(Uri server, CancellationToken cancellationToken)
    {
        var connection = new RawHttp2();
        await connection._client.ConnectAsync(server.Host, server.Port, cancellationToken);
        connection._stream = connection._client.GetStream();
        await connection._stream.WriteAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray(), cancellationToken);
        await connection.SendAsync(Http2Frame.Settings, 0, 0, [], cancellationToken);
        return connection;
    }

    /// <summary>Sends one request with these fields and reads until its answer begins or it is refused.</summary>
    /// <param name="server">A listener with the protocol Http2.</param>
    /// <param name="fields">All of them, pseudo-header fields first; Latin-1, as they are.</param>
    /// <param name="body">Null: none.</param>
    /// <param name="trailers">After the body, or instead.</param>
    /// <returns>The status; null when the stream was reset or the connection ended.</returns>
    public static async Task<int?> SendAsync(
        Uri server, IEnumerable<(string Name, string Value)> fields, string? body = null, IReadOnlyList<(string Name, string Value)>? trailers = null, CancellationToken cancellationToken = default)
    {
        using var connection = await ConnectAsync(server, cancellationToken);
        var ends = body is null && trailers is null;
        await connection.SendAsync(Http2Frame.Headers, (byte)(Http2Frame.EndHeaders | (ends ? Http2Frame.EndStream : 0)), 1, Block([.. fields]), cancellationToken);
        if (body is not null) await connection.SendAsync(Http2Frame.Data, trailers is null ? Http2Frame.EndStream : (byte)0, 1, Encoding.Latin1.GetBytes(body), cancellationToken);
        if (trailers is not null) await connection.SendAsync(Http2Frame.Headers, Http2Frame.EndHeaders | Http2Frame.EndStream, 1, Block([.. trailers]), cancellationToken);
        return await connection.OutcomeAsync(1, cancellationToken) is { Type: Http2Frame.Headers } answer ? answer.Status : null;
    }

    /// <summary>The pseudo-header fields of an ordinary request.</summary>
    public static (string Name, string Value)[] Request(Uri server, string method, string path) =>
        [(":method", method), (":scheme", "http"), (":path", path), (":authority", server.Authority)];

    /// <summary>One frame's bytes, whatever they are.</summary>
    public static byte[] Frame(byte type, byte flags, int stream, ReadOnlySpan<byte> payload) =>
    [
        (byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length, type, flags, (byte)(stream >> 24), (byte)(stream >> 16), (byte)(stream >> 8), (byte)stream, .. payload,
    ];

    /// <summary>A block of fields, each a literal that enters no table (RFC 7541 section 6.2.2).</summary>
    public static byte[] Block(params (string Name, string Value)[] fields) => [.. fields.SelectMany(f => (byte[])[0, .. Text(f.Name), .. Text(f.Value)])];

    public Task SendAsync(byte type, byte flags, int stream, byte[] payload, CancellationToken cancellationToken) => SendAsync(Frame(type, flags, stream, payload), cancellationToken);

    public async Task SendAsync(byte[] bytes, CancellationToken cancellationToken) => await _stream.WriteAsync(bytes, cancellationToken);

    /// <returns>The next frame; null at the end of the connection.</returns>
    public async Task<Http2Frame?> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var head = new byte[9];
            await _stream.ReadExactlyAsync(head, cancellationToken);
            var payload = new byte[(head[0] << 16) | (head[1] << 8) | head[2]];
            await _stream.ReadExactlyAsync(payload, cancellationToken);
            return new Http2Frame(head[3], head[4], ((head[5] & 0x7f) << 24) | (head[6] << 16) | (head[7] << 8) | head[8], payload);
        }
        catch (Exception e) when (e is IOException)
        {
            return null; // closed or reset: the test judges what came before
        }
    }

    /// <returns>The first frame that says what became of a stream: HEADERS, RST_STREAM or GOAWAY; null at the end of the connection.</returns>
    public async Task<Http2Frame?> OutcomeAsync(int stream, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Until.Patience);
        while (await ReadAsync(patience.Token) is { } frame)
        {
            if (frame.Type == Http2Frame.GoAway || (frame.Stream == stream && frame.Type is Http2Frame.Headers or Http2Frame.Reset)) return frame;
        }

        return null;
    }

    public void Dispose() => _client.Dispose();

    private static byte[] Text(string text)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        // RFC 7541 section 5.1: an integer with a prefix of seven bits.
        if (bytes.Length < 127) return [(byte)bytes.Length, .. bytes];
        var length = new List<byte> { 127 };
        var left = bytes.Length - 127;
        for (; left >= 128; left >>= 7) length.Add((byte)((left & 127) | 128));
        return [.. length, (byte)left, .. bytes];
    }
}
