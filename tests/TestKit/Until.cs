using System.Diagnostics;
using Xunit;

namespace FrontDoor.TestKit;

/// <summary>Awaits what another thread is about to bring about.</summary>
public static class Until
{
    /// <summary>Fails the test when the condition does not come true within 10 seconds.</summary>
    public static async Task TrueAsync(Func<bool> condition, string what)
    {
        var start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(start) > TimeSpan.FromSeconds(10)) Assert.Fail($"waited 10 seconds in vain: {what}");
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }
}
