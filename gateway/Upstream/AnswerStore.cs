using System.Buffers;

namespace FrontDoor.Gateway.Upstream;

/// <summary>
/// Bytes on their way from one writer to one reader: in memory up to a bound, beyond it in a file, and beyond that the writer waits. Where no file can be written the bound in memory is
/// all there is.
/// </summary>
/// <param name="createFile">Called when memory is full.</param>
/// <param name="fileFailed">Told when the file could not be made or written.</param>
internal sealed class AnswerStore(Func<FileStream> createFile, Action<Exception> fileFailed) : IDisposable
{
    public const int InMemory = 64 * 1024;
    public const long InFile = 1L << 30;

    private readonly Lock _gate = new();
    private readonly Queue<ArraySegment<byte>> _memory = new();
    private readonly SemaphoreSlim _arrived = new(0);
    private readonly SemaphoreSlim _left = new(0);
    private FileStream? _file;
    private bool _fileFailed;
    private int _inMemory;
    private int _taken; // of the first segment
    private long _written; // in the file
    private long _read;
    private bool _ended;
    private Exception? _fault;

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!await TryWriteAsync(bytes, cancellationToken)) await _left.WaitAsync(cancellationToken);
        Signal(_arrived);
    }

    /// <summary>No more will come.</summary>
    /// <param name="fault">Why it ended too early; null when all came.</param>
    public void End(Exception? fault)
    {
        lock (_gate) (_ended, _fault) = (true, fault);
        Signal(_arrived);
    }

    /// <returns>How many bytes were read; 0 at the end.</returns>
    /// <exception cref="IOException">What was written before has been read, and it ended too early.</exception>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (true)
        {
            long inFile;
            lock (_gate)
            {
                if (_memory.Count > 0) return FromMemory(buffer.Span);
                inFile = _written - _read;
                if (inFile == 0 && _ended) return _fault is null ? 0 : throw new IOException("The back end broke off its answer", _fault);
            }

            if (inFile > 0)
            {
                var read = await RandomAccess.ReadAsync(_file!.SafeFileHandle, buffer[..(int)Math.Min(buffer.Length, inFile)], _read, cancellationToken);
                if (read == 0 && buffer.Length > 0) throw new IOException("The file of a buffered answer is shorter than what was written");
                lock (_gate) _read += read;
                Signal(_left);
                return read;
            }

            await _arrived.WaitAsync(cancellationToken);
        }
    }

    /// <summary>After writer and reader.</summary>
    public void Dispose()
    {
        while (_memory.TryDequeue(out var segment)) ArrayPool<byte>.Shared.Return(segment.Array!);
        _file?.Dispose();
        _arrived.Dispose();
        _left.Dispose();
    }

    private async ValueTask<bool> TryWriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            // Behind what is in the file nothing may go to memory: it would be read first.
            if (_read == _written)
            {
                (_read, _written) = (0, 0);
                if (_inMemory == 0 || _inMemory + bytes.Length <= InMemory)
                {
                    var segment = new ArraySegment<byte>(ArrayPool<byte>.Shared.Rent(bytes.Length), 0, bytes.Length);
                    bytes.CopyTo(segment);
                    _memory.Enqueue(segment);
                    _inMemory += bytes.Length;
                    return true;
                }
            }

            if (_fileFailed || _written + bytes.Length > InFile) return false;
        }

        try
        {
            _file ??= createFile();
            await RandomAccess.WriteAsync(_file.SafeFileHandle, bytes, _written, cancellationToken);
            lock (_gate) _written += bytes.Length;
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _fileFailed = true;
            fileFailed(e);
            return false;
        }
    }

    private int FromMemory(Span<byte> buffer)
    {
        var first = _memory.Peek();
        var read = Math.Min(buffer.Length, first.Count - _taken);
        first.AsSpan(_taken, read).CopyTo(buffer);
        _taken += read;
        if (_taken == first.Count)
        {
            _memory.Dequeue();
            _inMemory -= first.Count;
            _taken = 0;
            ArrayPool<byte>.Shared.Return(first.Array!);
            Signal(_left);
        }

        return read;
    }

    // One is enough: whoever wakes looks at everything.
    private static void Signal(SemaphoreSlim waiting)
    {
        if (waiting.CurrentCount == 0) waiting.Release();
    }
}
