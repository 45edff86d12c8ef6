using System.Text;

namespace FrontDoor.Gateway.Streams;

/// <summary>A close frame with status 1008, policy violation (RFC 6455 section 7.4.1), after a whole frame; then the client's own close is awaited.</summary>
internal sealed class WebSocketLastWords(TimeProvider time) : LastWords
{
    private const ushort PolicyViolation = 1008;

    // A connection closed over unread bytes is reset, and the close frame may be lost with it.
    private static readonly TimeSpan Farewell = TimeSpan.FromMilliseconds(500);

    private readonly WebSocketFrames _frames = new();
    private readonly TaskCompletionSource _clientSpoke = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private byte[]? _left;

    public override bool MidMessage => !_frames.IsReached;

    public override void Heard(ReadOnlySpan<byte> sent) => _frames.Advance(sent);

    public override void ClientSpoke() => _clientSpoke.TrySetResult();

    public override async ValueTask<int> SayAsync(Memory<byte> buffer, string reason, CancellationToken cancellationToken)
    {
        if (MidMessage) throw BrokenOff(reason);
        _left ??= _frames.Closed ? [] : WebSocketFrames.Close(PolicyViolation, Encoding.UTF8.GetBytes(reason));
        if (_left.Length > 0)
        {
            var now = Math.Min(_left.Length, buffer.Length);
            _left.AsSpan(0, now).CopyTo(buffer.Span);
            _left = _left[now..];
            return now;
        }

        await _clientSpoke.Task.WaitAsync(Farewell, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // An ordered end would leave the other direction open for as long as the client likes.
        throw BrokenOff(reason);
    }
}
