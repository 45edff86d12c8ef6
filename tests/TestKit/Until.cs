using System.Diagnostics;
using Xunit;

namespace FrontDoor.TestKit;

/// <summary>Awaits what another thread or process is about to bring about.</summary>
public static class Until
{
    /// <summary>
    /// How long a test waits for what must come: far longer than it ever takes, since it is there to end a test that hangs and a busy
    /// machine is no fault of the product.
    /// </summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    /// <summary>Fails the test when the condition does not come true in time.</summary>
    /// <param name="condition">Asked again and again.</param>
    /// <param name="what">The condition in words.</param>
    /// <param name="patience"><see cref="Patience"/> unless told.</param>
    public static Task TrueAsync(Func<bool> condition, string what, TimeSpan? patience = null) => TrueAsync(() => Task.FromResult(condition()), () => what, patience);

    /// <inheritdoc cref="TrueAsync(Func{bool}, string, TimeSpan?)"/>
    public static Task TrueAsync(Func<Task<bool>> condition, string what, TimeSpan? patience = null) => TrueAsync(condition, () => what, patience);

    /// <inheritdoc cref="TrueAsync(Func{bool}, string, TimeSpan?)"/>
    /// <param name="what">The condition in words, and what there is instead; asked at the failure.</param>
    public static async Task TrueAsync(Func<Task<bool>> condition, Func<string> what, TimeSpan? patience = null)
    {
        var start = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(start) > (patience ?? Patience)) Assert.Fail($"waited {patience ?? Patience} in vain: {what()}");
            await Task.Delay(Pause, TestContext.Current.CancellationToken);
        }
    }
}
