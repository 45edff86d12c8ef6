namespace FrontDoor.Gateway.Resilience;

/// <summary>
/// How many further attempts a cluster may get: a share of its requests, and some in every second, so that an outage is not amplified when every
/// request would be tried again.
/// </summary>
internal sealed class RetryBudget(RetryBudgetOptions options, TimeProvider time)
{
    // In thousandths of an attempt.
    private const long One = 1000;
    private const long MostSaved = 100 * One;

    private readonly Lock _gate = new();
    private readonly long _share = (long)(options.Ratio * One);
    private long _saved;
    private long _second = time.GetTimestamp();
    private int _leftInSecond = options.MinPerSecond;

    /// <summary>Counts a request.</summary>
    public void Earn()
    {
        // Two threads at the edge may save a share too much; a lock for each request would cost more than it is worth.
        if (Volatile.Read(ref _saved) < MostSaved) Interlocked.Add(ref _saved, _share);
    }

    /// <returns>Whether one more attempt may be made; it is then spent.</returns>
    public bool TrySpend()
    {
        lock (_gate)
        {
            if (time.GetElapsedTime(_second) >= TimeSpan.FromSeconds(1)) (_second, _leftInSecond) = (time.GetTimestamp(), options.MinPerSecond);
            if (_leftInSecond > 0)
            {
                _leftInSecond--;
                return true;
            }

            if (Volatile.Read(ref _saved) < One) return false;
            Interlocked.Add(ref _saved, -One);
            return true;
        }
    }
}
