namespace FrontDoor.Gateway.Streams;

/// <summary>How an answer ends before its time, so that its client can tell.</summary>
internal abstract class LastWords
{
    /// <summary>Whether a message has been half sent, so that nothing can be said at this point.</summary>
    public virtual bool MidMessage => false;

    /// <summary>Follows what is sent.</summary>
    public virtual void Heard(ReadOnlySpan<byte> sent)
    {
        // Only a protocol with messages needs to know.
    }

    /// <summary>The client sent something after the end.</summary>
    public virtual void ClientSpoke()
    {
        // Only a protocol with a closing handshake waits for it.
    }

    /// <returns>How many bytes of last words are in the buffer; 0 ends the answer in order.</returns>
    /// <exception cref="IOException">The answer is broken off, so that nobody takes it for complete.</exception>
    public abstract ValueTask<int> SayAsync(Memory<byte> buffer, string reason, CancellationToken cancellationToken);

    protected static IOException BrokenOff(string reason) => new($"Broken off: {reason}");
}

/// <summary>An event stream may end anywhere: half an event is dropped, and the client asks again and learns why.</summary>
internal sealed class EventsLastWords : LastWords
{
    public override ValueTask<int> SayAsync(Memory<byte> buffer, string reason, CancellationToken cancellationToken) => new(0);
}

/// <summary>Anything else of unknown length.</summary>
internal sealed class NoLastWords : LastWords
{
    public override ValueTask<int> SayAsync(Memory<byte> buffer, string reason, CancellationToken cancellationToken) => throw BrokenOff(reason);
}

/// <summary>Status UNAUTHENTICATED in the trailers after a whole message; within one the stream is reset.</summary>
internal sealed class GrpcLastWords(HttpResponse response) : LastWords
{
    public const string Unauthenticated = "16";

    private readonly GrpcMessages _messages = new();

    public override bool MidMessage => !_messages.IsReached;

    public override void Heard(ReadOnlySpan<byte> sent) => _messages.Advance(sent);

    public override ValueTask<int> SayAsync(Memory<byte> buffer, string reason, CancellationToken cancellationToken)
    {
        if (MidMessage || !response.SupportsTrailers()) throw BrokenOff(reason);
        response.AppendTrailer("grpc-status", Unauthenticated);
        response.AppendTrailer("grpc-message", Uri.EscapeDataString(reason));
        return new(0);
    }
}
