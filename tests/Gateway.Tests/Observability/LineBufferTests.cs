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
        using var lines = new LineBuffer(_output);
        for (var i = 0; i < 1_000; i++) lines.Add(new StringBuilder($"{i}\n"), hurry: i == 500);
        var expected = string.Concat(Enumerable.Range(0, 1_000).Select(i => $"{i}\n"));
        await Until.TrueAsync(() => _output.Text == expected, "all lines are written");
    }

    [Fact]
    public void End_WritesWhatIsLeft_AndWhatComesAfterItIsHeard()
    {
        var lines = new LineBuffer(_output);
        lines.Add(new StringBuilder("last ä\n"), hurry: false);
        lines.Dispose();
        Assert.Equal("last ä\n", _output.Text);
        lines.Add(new StringBuilder("after\n"), hurry: true);
        Assert.Equal("last ä\nafter\n", _output.Text);
    }

    public void Dispose() => _output.Dispose();

    /// <summary>Read while it is written.</summary>
    private sealed class Output : MemoryStream
    {
        private readonly Lock _gate = new();

        public string Text
        {
            get
            {
                lock (_gate) return Encoding.UTF8.GetString(ToArray());
            }
        }

        public override void Write(byte[] buffer, int offset, int count)
        {
            lock (_gate) base.Write(buffer, offset, count);
        }
    }
}
