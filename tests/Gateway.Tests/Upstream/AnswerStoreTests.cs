using FrontDoor.Gateway.Upstream;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.Upstream;

public sealed class AnswerStoreTests : IDisposable
{
    private const int Size = 3_000_000;

    private readonly byte[] _bytes = [.. Enumerable.Range(0, Size).Select(i => (byte)(i % 251))];
    private readonly List<string> _faults = [];
    private AnswerStore _store = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true, 1)]
    [InlineData(true, 7_919)]
    [InlineData(true, 100_000)]
    [InlineData(false, 7_919)]
    [InlineData(false, 100_000)]
    public async Task Bytes_AreReadInOrderWhoeverIsFaster(bool hasDisk, int most)
    {
        _store = hasDisk ? new(TemporaryFile.Create, fault => _faults.Add(fault.Message)) : new(() => throw new IOException("full"), fault => _faults.Add(fault.Message));
        var size = most == 1 ? 300_000 : Size;
        var writing = Task.Run(() => WriteAsync(size), Cancellation);
        using var read = new MemoryStream();
        var buffer = new byte[100_000];
        for (var round = 0; await _store.ReadAsync(buffer.AsMemory(0, 1 + ((round * 31) % most)), Cancellation) is > 0 and var more; round++)
        {
            read.Write(buffer, 0, more);
            // Now one of the two is ahead, now the other.
            if (most > 1 && round % 50 == 0) await Task.Yield();
        }

        await writing;
        Assert.True(_bytes.AsSpan(0, size).SequenceEqual(read.ToArray()));
        Assert.Equal(hasDisk ? [] : ["full"], _faults);
    }

    [Fact]
    public async Task Writer_WaitsForNobodyWhileThereIsRoom()
    {
        _store = new(TemporaryFile.Create, fault => _faults.Add(fault.Message));
        await WriteAsync(Size).WaitAsync(TimeSpan.FromSeconds(10), Cancellation);
        Assert.Empty(_faults);
    }

    [Fact]
    public async Task WithoutADisk_TheWriterWaitsWhenMemoryIsFull()
    {
        _store = new(() => throw new IOException("full"), fault => _faults.Add(fault.Message));
        var writing = WriteAsync(Size);
        await Until.TrueAsync(() => _faults.Count == 1, "memory is full");
        Assert.False(writing.IsCompleted);
        var buffer = new byte[100_000];
        var total = 0;
        while (await _store.ReadAsync(buffer, Cancellation) is > 0 and var more) total += more;
        Assert.Equal(Size, total);
    }

    [Fact]
    public async Task EndThatIsTooEarly_IsToldAfterWhatCame()
    {
        _store = new(TemporaryFile.Create, fault => _faults.Add(fault.Message));
        await _store.WriteAsync("ab"u8.ToArray(), Cancellation);
        _store.End(new IOException("broken"));
        var buffer = new byte[10];
        Assert.Equal(2, await _store.ReadAsync(buffer, Cancellation));
        await Assert.ThrowsAsync<IOException>(async () => await _store.ReadAsync(buffer, Cancellation));
    }

    public void Dispose() => _store.Dispose();

    private async Task WriteAsync(int size)
    {
        for (var at = 0; at < size; at += 10_000) await _store.WriteAsync(_bytes.AsMemory(at, Math.Min(10_000, size - at)), Cancellation);
        _store.End(null);
    }
}
