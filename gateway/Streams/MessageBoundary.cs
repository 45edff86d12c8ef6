namespace FrontDoor.Gateway.Streams;

/// <summary>Follows a stream of length-prefixed messages and knows whether one is under way. Reads headers only.</summary>
internal abstract class MessageBoundary
{
    private readonly byte[] _header = new byte[14];
    private int _headerRead;
    private int _headerLength;
    private ulong _bodyLeft;

    /// <summary>Whether what has passed so far ends with a whole message.</summary>
    public bool IsReached => _headerRead == 0 && _bodyLeft == 0;

    public void Advance(ReadOnlySpan<byte> passed)
    {
        while (!passed.IsEmpty)
        {
            if (_bodyLeft > 0)
            {
                var body = (int)Math.Min(_bodyLeft, (ulong)passed.Length);
                _bodyLeft -= (ulong)body;
                passed = passed[body..];
                continue;
            }

            _header[_headerRead++] = passed[0];
            passed = passed[1..];
            if (_headerRead == ShortestHeader) _headerLength = HeaderLength(_header);
            if (_headerRead < ShortestHeader || _headerRead < _headerLength) continue;
            _bodyLeft = BodyLength(_header);
            _headerRead = 0;
        }
    }

    protected abstract int ShortestHeader { get; }

    /// <param name="start">The shortest header.</param>
    /// <returns>How long this one is: from the shortest header's length to 14 bytes.</returns>
    protected abstract int HeaderLength(ReadOnlySpan<byte> start);

    /// <param name="header">The whole header.</param>
    protected abstract ulong BodyLength(ReadOnlySpan<byte> header);
}
