using System.Text;
using FrontDoor.Gateway.Observability;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.Observability;

public sealed class LineBufferTests : IDisposable
{
    private readonly Output _output = new();

    [Fact]
    public async Task Lines_AreWrittenByThemselves_InOrder()
    {
        using var lines = new LineBuffer(_output, Told);
        for (var i = 0; i < 1_000; i++) lines.Add(new StringBuilder($"{i}\n"), hurry: i == 500);
        var expected = string.Concat(Enumerable.Range(0, 1_000).Select(i => $"{i}\n"));
        await Until.TrueAsync(() => _output.Text == expected, "all lines are written");
    }

    [Fact]
    public void End_WritesWhatIsLeft_AndWhatComesAfterItIsHeard()
    {
        var lines = new LineBuffer(_output, Told);
        lines.Add(new StringBuilder("last ä\n"), hurry: false);
        lines.Dispose();
        Assert.Equal("last ä\n", _output.Text);
        lines.Add(new StringBuilder("after\n"), hurry: true);
        Assert.Equal("last ä\nafter\n", _output.Text);
    }

    /// <summary>A pipe that is not read, a terminal that is stopped: logging goes on at once, and afterwards it is told what is missing.</summary>
    [Fact]
    public async Task ReaderThatStops_HoldsUpNobodyAndIsToldWhatHeMissed()
    {
        using var lines = new LineBuffer(_output, Told);
        _output.Stop();
        var mebibyte = new StringBuilder().Append('x', 1024 * 1024).Append('\n');
        await Task.Run(() =>
        {
            for (var i = 0; i < 20; i++) lines.Add(mebibyte, hurry: true);
        }, TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        _output.Go();
        await Until.TrueAsync(() => _output.Text.Contains("lost\n", StringComparison.Ordinal), "what is missing is told");
        lines.Add(new StringBuilder("after\n"), hurry: true);
        await Until.TrueAsync(() => _output.Text.EndsWith("after\n", StringComparison.Ordinal), "new lines are written");
        var kept = _output.Text.Split('\n').Count(line => line.StartsWith('x'));
        Assert.Contains($"{20 - kept} lost\n", _output.Text, StringComparison.Ordinal);
        Assert.InRange(kept, 4, 12);
    }

    [Fact]
    public async Task ReaderThatStops_DoesNotHoldUpTheEnd()
    {
        var lines = new LineBuffer(_output, Told);
        _output.Stop();
        lines.Add(new StringBuilder("unread\n"), hurry: true);
        await Until.TrueAsync(() => _output.IsWaiting, "it is being written");
        lines.Add(new StringBuilder("more\n"), hurry: true);
        await Task.Run(lines.Flush, TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        await Task.Run(lines.Dispose, TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        await Task.Run(() => lines.Add(new StringBuilder("late\n"), hurry: true), TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        _output.Go();
        await Until.TrueAsync(() => _output.Text == "unread\n", "what was under way is written");
    }

    private static string Told(long lines) => $"{lines} lost\n";

    public void Dispose() => _output.Dispose();

    /// <summary>Read while it is written.</summary>
    private sealed class Output : MemoryStream
    {
        private readonly Lock _gate = new();
        private readonly ManualResetEventSlim _read = new(true);

        public bool IsWaiting { get; private set; }

        public void Stop() => _read.Reset();

        public void Go() => _read.Set();

        public string Text
        {
            get
            {
                lock (_gate) return Encoding.UTF8.GetString(ToArray());
            }
        }

        public override void Write(byte[] buffer, int offset, int count)
        {
            IsWaiting = !_read.IsSet;
            _read.Wait();
            lock (_gate) base.Write(buffer, offset, count);
        }
    }
}
