using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;

namespace FrontDoor.TestKit;

/// <summary>A clock to advance that tells who waits for it: advanced before a wait has begun, it would be advanced in vain.</summary>
public sealed class TestClock() : FakeTimeProvider(System.GetUtcNow())
{
    private readonly ConcurrentQueue<TimeSpan> _waits = new();
    private TimeSpan _set;

    /// <summary>Sets the clock on the wall by so much; the time that passes, and timers with it, goes on as it was.</summary>
    public void Set(TimeSpan by)
    {
        AdjustTime(GetUtcNow() + by);
        _set += by;
    }

    // Of the base it jumps with the clock on the wall.
    public override long GetTimestamp() => base.GetTimestamp() - _set.Ticks;

    /// <summary>Returns once somebody has begun to wait this long, for as many times.</summary>
    public Task WaitedForAsync(TimeSpan time, int times = 1) => Until.TrueAsync(() => _waits.Count(w => w == time) >= times, $"somebody waits {time}");

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        _waits.Enqueue(dueTime);
        return timer;
    }
}
