using System.Collections.Concurrent;
using Polly.Timeout;

namespace FrontDoor.Gateway.Resilience;

/// <summary>Ends an attempt that takes longer than it may.</summary>
internal sealed class AttemptClock(TimeSpan timeout, TimeProvider time)
{
    // As many as are in use at once; a timer for each request is half the cost of timing it.
    private readonly ConcurrentQueue<CancellationTokenSource> _free = new();

    private TimeSpan Timeout => timeout;

    /// <summary>Starts the time of an attempt; whoever makes it stops it when there is an answer.</summary>
    /// <param name="cancellationToken">The caller's, which ends the attempt, too.</param>
    public Running Start(CancellationToken cancellationToken)
    {
        var clock = Begin();
        return new(this, clock, cancellationToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), clock), cancellationToken);
    }

    /// <summary>The time of an attempt.</summary>
    public readonly struct Running(AttemptClock owner, CancellationTokenSource clock, CancellationTokenRegistration link, CancellationToken caller)
    {
        public CancellationToken Token => clock.Token;

        /// <summary>Whether the time is over; not so when the caller has given up.</summary>
        public bool IsOver => clock.IsCancellationRequested && !caller.IsCancellationRequested;

        public TimeoutRejectedException Rejection(Exception inner) => new("The attempt took longer than it may", owner.Timeout, inner);

        public async ValueTask StopAsync()
        {
            await link.DisposeAsync();
            owner.End(clock);
        }
    }

    private CancellationTokenSource Begin()
    {
        if (!ReferenceEquals(time, TimeProvider.System)) return new CancellationTokenSource(timeout, time);
        if (!_free.TryDequeue(out var clock)) clock = new CancellationTokenSource();
        clock.CancelAfter(timeout);
        return clock;
    }

    private void End(CancellationTokenSource clock)
    {
        if (ReferenceEquals(time, TimeProvider.System) && clock.TryReset()) _free.Enqueue(clock);
        else clock.Dispose();
    }
}
