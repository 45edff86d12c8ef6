using System.Diagnostics;
using Xunit;

namespace FrontDoor.EndToEnd.Tests;

internal static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Waits for a condition of another process; fails when it does not come true in time.</summary>
    public static Task IsAsync(Func<bool> condition, TimeSpan patience, string what) => IsAsync(() => Task.FromResult(condition()), patience, what);

    /// <summary>Waits for a condition of another process; fails when it does not come true in time.</summary>
    public static async Task IsAsync(Func<Task<bool>> condition, TimeSpan patience, string what)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            if (watch.Elapsed > patience) Assert.Fail($"Not within {patience}: {what}");
            await Task.Delay(Pause);
        }
    }
}
