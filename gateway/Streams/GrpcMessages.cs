using System.Buffers.Binary;

namespace FrontDoor.Gateway.Streams;

/// <summary>gRPC's length-prefixed messages: one byte of flags, four of length.</summary>
internal sealed class GrpcMessages : MessageBoundary
{
    protected override int ShortestHeader => 5;

    protected override int HeaderLength(ReadOnlySpan<byte> start) => 5;

    protected override ulong BodyLength(ReadOnlySpan<byte> header) => BinaryPrimitives.ReadUInt32BigEndian(header[1..]);
}
