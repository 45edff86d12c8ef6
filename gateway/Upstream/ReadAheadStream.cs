namespace FrontDoor.Gateway.Upstream;

/// <summary>A back end's answer that is read as fast as it comes, whoever reads here; nothing waits for the end of it.</summary>
internal sealed class ReadAheadStream : Stream
{
    private const int Piece = 16 * 1024;

    private readonly Stream _backend;
    private readonly AnswerStore _store;
    private readonly CancellationTokenSource _leaving = new();
    private readonly Task _reading;

    public ReadAheadStream(Stream backend, AnswerStore store)
    {
        (_backend, _store) = (backend, store);
        _reading = ReadAheadAsync();
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => _store.ReadAsync(buffer, cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("YARP reads asynchronously");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
        // There is nothing to write.
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        // Whoever read has left, before the end or after it: an answer that is not at its end is given up, and its connection with it.
        if (disposing && !_leaving.IsCancellationRequested)
        {
            _leaving.Cancel();
            _ = CloseAsync();
        }

        base.Dispose(disposing);
    }

    private async Task ReadAheadAsync()
    {
        // The one who asked for the stream goes on.
        await Task.Yield();
        var piece = new byte[Piece];
        try
        {
            while (await _backend.ReadAsync(piece, _leaving.Token) is > 0 and var read) await _store.WriteAsync(piece.AsMemory(0, read), _leaving.Token);
            _store.End(null);
        }
        catch (Exception e)
        {
            // Of whatever kind: the reader is told, once he has read what came before.
            _store.End(e);
        }
    }

    private async Task CloseAsync()
    {
        await _reading;
        await _backend.DisposeAsync();
        _store.Dispose();
        _leaving.Dispose();
    }
}
