using FrontDoor.Gateway.Management;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.Management;

public sealed class TrimNativeHeapTests
{
    [Fact]
    public async Task FreedMemory_GoesBackToTheSystemWithinAMinute()
    {
        Assert.SkipUnless(FreedMemory.IsKept, "this C library keeps nothing");
        var clock = new TestClock();
        using var trim = new TrimNativeHeap(clock);
        await trim.StartAsync(TestContext.Current.CancellationToken);
        await clock.WaitedForAsync(TrimNativeHeap.Interval);
        using var freed = new FreedMemory();
        Assert.True(freed.Resident > 0.9, "what is freed is kept");

        clock.Advance(TrimNativeHeap.Interval);

        await Until.TrueAsync(() => freed.Resident < 0.1, "what was freed has gone back");
        await trim.StopAsync(TestContext.Current.CancellationToken);
    }
}
