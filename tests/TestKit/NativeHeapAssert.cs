using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace FrontDoor.TestKit;

/// <summary>That a service which keeps glibc's heaps small does so; the same for all that have one.</summary>
public static class NativeHeapAssert
{
    private const int LargeBlockBytes = 20 * 1024 * 1024; // as the collector frees

    /// <summary>What is free between blocks in use goes back when the clock has moved on.</summary>
    public static Task TrimsAsync(Func<TimeProvider, BackgroundService> serviceOf, TimeSpan interval) => WhileItRunsAsync(serviceOf, interval, async clock =>
    {
        using var freed = new FreedMemory();
        Assert.True(freed.Resident > 0.9, "what is freed is kept");

        clock.Advance(interval);

        await Until.TrueAsync(() => freed.Resident < 0.1, "what was freed has gone back");
    });

    /// <summary>The free end of an arena goes back at once, after a large block was freed, too: glibc would keep twice as much from then on.</summary>
    public static Task KeepsNoFreeEndAsync(Func<TimeProvider, BackgroundService> serviceOf, TimeSpan interval) => WhileItRunsAsync(serviceOf, interval, async _ =>
    {
        Marshal.FreeHGlobal(Marshal.AllocHGlobal(LargeBlockBytes));

        // More than once: another thread may have taken what comes after it.
        await Until.TrueAsync(
            () =>
            {
                using var freed = new FreedMemory(atEnd: true);
                return freed.Resident < 0.1;
            },
            "the end of an arena has gone back");
    });

    private static async Task WhileItRunsAsync(Func<TimeProvider, BackgroundService> serviceOf, TimeSpan interval, Func<TestClock, Task> checkAsync)
    {
        Assert.SkipUnless(FreedMemory.IsKept, "this C library keeps nothing");
        var clock = new TestClock();
        using var service = serviceOf(clock);
        await service.StartAsync(TestContext.Current.CancellationToken);
        await clock.WaitedForAsync(interval);
        await checkAsync(clock);
        await service.StopAsync(TestContext.Current.CancellationToken);
    }
}
