namespace FrontDoor.Gateway.Streams;

/// <summary>
/// The back end's side of a stream, as YARP reads it. When the token ends it gives no more of what the back end sends, and says the protocol's
/// last words instead.
/// </summary>
internal sealed class EndingStream(Stream backend, LiveStream life, LiveStreams all, LastWords lastWords) : Stream
{
    private CancellationTokenSource? _reading;
    private CancellationToken _caller;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => backend.CanWrite;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (life.EndReason is not null && !lastWords.MidMessage) return await EndAsync(buffer, cancellationToken);
        try
        {
            var read = await backend.ReadAsync(buffer, Either(cancellationToken));
            lastWords.Heard(buffer.Span[..read]);
            return read;
        }
        // Cancelling a read tears the back end's connection, which may surface as any exception of the transport.
        catch (Exception) when (life.Stop.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return await EndAsync(buffer, cancellationToken);
        }
    }

    /// <summary>What the client sends after the end goes nowhere.</summary>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (life.EndReason is null) return backend.WriteAsync(buffer, cancellationToken);
        lastWords.ClientSpoke();
        return ValueTask.CompletedTask;
    }

    public override Task FlushAsync(CancellationToken cancellationToken) =>
        life.EndReason is null ? backend.FlushAsync(cancellationToken) : Task.CompletedTask;

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("YARP reads asynchronously");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("YARP writes asynchronously");

    public override void Flush() => backend.Flush();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            all.Remove(life);
            _reading?.Dispose();
            life.Dispose();
            backend.Dispose();
        }

        base.Dispose(disposing);
    }

    // With an empty buffer YARP only asks whether there is something to read; there is.
    private ValueTask<int> EndAsync(Memory<byte> buffer, CancellationToken cancellationToken) =>
        buffer.IsEmpty ? new(0) : lastWords.SayAsync(buffer, life.EndReason!, cancellationToken);

    // YARP passes the same token for the whole copy, so the two are joined once and not for each read.
    private CancellationToken Either(CancellationToken caller)
    {
        if (_reading is not null && _caller == caller) return _reading.Token;
        _reading?.Dispose();
        _reading = CancellationTokenSource.CreateLinkedTokenSource(caller, life.Stop);
        _caller = caller;
        return _reading.Token;
    }
}
