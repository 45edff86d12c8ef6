using System.Security.Cryptography;
using System.Text;

namespace FrontDoor.Gateway.StaticFiles;

/// <summary>Several parts in one answer: multipart/byteranges (RFC 9110 section 14.6).</summary>
internal sealed class MultipartRanges
{
    private readonly byte[] _end;

    public MultipartRanges(IReadOnlyList<ByteRange> ranges, long total, string partType)
    {
        // Random, so that no file can contain it on purpose.
        var boundary = RandomNumberGenerator.GetHexString(32, lowercase: true);
        ContentType = $"multipart/byteranges; boundary={boundary}";
        _end = Encoding.ASCII.GetBytes($"\r\n--{boundary}--\r\n");
        Parts = [.. ranges.Select(r => (Encoding.Latin1.GetBytes($"\r\n--{boundary}\r\nContent-Type: {partType}\r\nContent-Range: {r.In(total)}\r\n\r\n"), r))];
        ContentLength = Parts.Sum(p => p.Head.Length + p.Range.Length) + _end.Length;
    }

    public string ContentType { get; }

    public long ContentLength { get; }

    public IReadOnlyList<(byte[] Head, ByteRange Range)> Parts { get; }

    public ReadOnlyMemory<byte> End => _end;
}
