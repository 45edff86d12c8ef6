using System.Text;

namespace FrontDoor.Gateway.Observability;

/// <summary>Collects lines and writes them together: ten times a second, at once when they hurry, and sooner when there are many.</summary>
internal sealed class LineBuffer : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    // Past the first it is written without waiting; past the second, whoever logs waits for the reader of the output, as he would without a buffer.
    private const int Many = 64 * 1024;
    private const int TooMany = 4 * 1024 * 1024;

    private readonly Stream _output;
    private readonly Lock _writing = new();
    private readonly Thread _thread;
    private readonly AutoResetEvent _wanted = new(false);
    private readonly object _gate = new();
    private byte[] _lines = new byte[16 * 1024];
    private byte[] _other = new byte[16 * 1024];
    private int _length;
    private volatile bool _ended;

    public LineBuffer(Stream output)
    {
        _output = output;
        _thread = new Thread(Run) { IsBackground = true, Name = "Console writer" };
        _thread.Start();
    }

    /// <param name="text">One line or more, with their ends.</param>
    /// <param name="hurry">Whether it should be seen at once.</param>
    public void Add(StringBuilder text, bool hurry)
    {
        lock (_gate)
        {
            while (_length > TooMany && !_ended) Monitor.Wait(_gate);
            foreach (var chunk in text.GetChunks())
            {
                var most = Encoding.UTF8.GetMaxByteCount(chunk.Length);
                if (_lines.Length - _length < most) Array.Resize(ref _lines, Math.Max(_lines.Length * 2, _length + most));
                _length += Encoding.UTF8.GetBytes(chunk.Span, _lines.AsSpan(_length));
            }

            if (!_ended && (hurry || _length > Many)) _wanted.Set();
        }

        // After the end there is no thread to do it.
        if (_ended) Flush();
    }

    /// <summary>Writes what is there.</summary>
    public void Flush()
    {
        lock (_writing)
        {
            int length;
            lock (_gate)
            {
                (_lines, _other, length, _length) = (_other, _lines, _length, 0);
                Monitor.PulseAll(_gate);
            }

            if (length == 0) return;
            try
            {
                _output.Write(_other, 0, length);
                _output.Flush();
            }
            catch (IOException)
            {
                // Nobody reads the output any more (a closed pipe, a full disk). Serving goes on; there is nowhere to tell it.
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _ended = true;
            _wanted.Set();
        }

        _thread.Join();
        Flush();
        // Not the output: whoever logs after the end is still heard.
        _wanted.Dispose();
    }

    private void Run()
    {
        while (!_ended)
        {
            _wanted.WaitOne(Pause);
            Flush();
        }
    }
}
