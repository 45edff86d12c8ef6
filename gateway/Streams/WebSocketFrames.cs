using System.Buffers.Binary;

namespace FrontDoor.Gateway.Streams;

/// <summary>Frames of RFC 6455 section 5.2. A control frame may stand between the fragments of a message, so a frame's end is boundary enough.</summary>
internal sealed class WebSocketFrames : MessageBoundary
{
    private const int CloseOpcode = 8;

    /// <summary>Whether a close frame has passed: nothing may follow it.</summary>
    public bool Closed { get; private set; }

    protected override int ShortestHeader => 2;

    protected override int HeaderLength(ReadOnlySpan<byte> start) => 2 + ExtendedLength(start[1]) + (start[1] >= 0x80 ? 4 : 0);

    protected override ulong BodyLength(ReadOnlySpan<byte> header)
    {
        Closed |= (header[0] & 0x0F) == CloseOpcode;
        return ExtendedLength(header[1]) switch
        {
            0 => header[1] & 0x7Fu,
            2 => BinaryPrimitives.ReadUInt16BigEndian(header[2..]),
            _ => BinaryPrimitives.ReadUInt64BigEndian(header[2..]),
        };
    }

    /// <returns>A whole close frame of a server: without a mask (section 5.1).</returns>
    public static byte[] Close(ushort code, ReadOnlySpan<byte> reason)
    {
        var frame = new byte[4 + reason.Length];
        frame[0] = 0x80 | CloseOpcode;
        frame[1] = checked((byte)(2 + reason.Length));
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), code);
        reason.CopyTo(frame.AsSpan(4));
        return frame;
    }

    private static int ExtendedLength(byte second) => (second & 0x7F) switch
    {
        126 => 2,
        127 => 8,
        _ => 0,
    };
}
