namespace FrontDoor.TokenService.Revocations;

/// <summary>
/// The latest that the clock on the wall has shown to this process. Tokens may have been issued by it although the clock was set back since, and they live to their <c>exp</c>.
/// </summary>
internal sealed class LatestTime(TimeProvider time)
{
    // A clock that ran years ahead for a moment must not make every revocation from then on one for years.
    private static readonly long MostAhead = (long)TimeSpan.FromDays(1).TotalMilliseconds;

    private long _latest;

    /// <summary>Takes a look at the clock: regularly, since what nobody has seen is not remembered.</summary>
    /// <returns>The latest time, in Unix milliseconds; at most a day ahead of the present.</returns>
    public long Look()
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        long latest;
        while (now > (latest = Volatile.Read(ref _latest)) && Interlocked.CompareExchange(ref _latest, now, latest) != latest)
        {
            // Another thread has written meanwhile, perhaps something earlier.
        }

        return Math.Min(Math.Max(now, latest), now + MostAhead);
    }
}
