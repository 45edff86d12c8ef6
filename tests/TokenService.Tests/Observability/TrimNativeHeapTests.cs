using FrontDoor.TestKit;
using FrontDoor.TokenService.Observability;
using Xunit;

namespace FrontDoor.TokenService.Tests.Observability;

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
