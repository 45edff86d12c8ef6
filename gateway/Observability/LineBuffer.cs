using System.Text;

namespace FrontDoor.Gateway.Observability;

/// <summary>
/// Collects lines and writes them together: ten times a second, at once when they hurry, and sooner when there are many. Nobody ever waits for the reader of the output: what he
/// leaves lying beyond a bound is lost, and he is told how much.
/// </summary>
internal sealed class LineBuffer : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    // A reader that has stopped must not hold up the end of the process either.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    // Past the first it is written without waiting; past the second lines are lost.
    private const int Many = 64 * 1024;
    private const int TooMany = 4 * 1024 * 1024;

    private readonly Stream _output;
    private readonly Func<long, string> _told;
    private readonly Thread _thread;
    private readonly AutoResetEvent _wanted = new(false);
    private readonly object _gate = new();
    private byte[] _lines = new byte[16 * 1024];
    private byte[] _other = new byte[16 * 1024];
    private int _length;
    private long _lost;
    private bool _busy;
    private volatile bool _ended;

    /// <param name="output">Where to; not disposed of, since whoever logs after the end is still heard.</param>
    /// <param name="told">What to write in the place of so many lines that were lost.</param>
    public LineBuffer(Stream output, Func<long, string> told)
    {
        (_output, _told) = (output, told);
        _thread = new Thread(Run) { IsBackground = true, Name = "Console writer" };
        _thread.Start();
    }

    /// <param name="text">One line or more, with their ends.</param>
    /// <param name="hurry">Whether it should be seen at once.</param>
    public void Add(StringBuilder text, bool hurry)
    {
        lock (_gate)
        {
            if (_length > TooMany)
            {
                _lost++;
                return;
            }

            foreach (var chunk in text.GetChunks()) Put(chunk.Span);
            if (!_ended && (hurry || _length > Many)) _wanted.Set();
        }

        // After the end there is no thread to do it.
        if (_ended) Write();
    }

    /// <summary>Has written what is there, unless nobody reads it.</summary>
    public void Flush()
    {
        var until = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        lock (_gate)
        {
            while (!_ended && (_busy || _length > 0) && until - Environment.TickCount64 is > 0 and var left)
            {
                _wanted.Set();
                Monitor.Wait(_gate, (int)left);
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

        // Its handle is left to the thread that is stuck, if it is.
        if (!_thread.Join(Patience)) return;
        Write();
        _wanted.Dispose();
    }

    private void Put(ReadOnlySpan<char> text)
    {
        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        if (_lines.Length - _length < most) Array.Resize(ref _lines, Math.Max(_lines.Length * 2, _length + most));
        _length += Encoding.UTF8.GetBytes(text, _lines.AsSpan(_length));
    }

    private void Run()
    {
        while (!_ended)
        {
            _wanted.WaitOne(Pause);
            Write();
        }
    }

    private void Write()
    {
        int length;
        lock (_gate)
        {
            // One at a time; who comes meanwhile leaves his lines to the one who writes, or, after the end, to the next.
            if (_busy || _length == 0) return;
            (_lines, _other, length, _length) = (_other, _lines, _length, 0);
            _busy = true;
            if (_lost > 0) Put(_told(_lost));
            _lost = 0;
        }

        try
        {
            _output.Write(_other, 0, length);
            _output.Flush();
        }
        catch (IOException)
        {
            // Nobody reads the output any more (a closed pipe, a full disk). Serving goes on; there is nowhere to tell it.
        }
        finally
        {
            lock (_gate)
            {
                _busy = false;
                Monitor.PulseAll(_gate);
            }
        }
    }
}
