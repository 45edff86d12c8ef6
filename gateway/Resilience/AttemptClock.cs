using System.Collections.Concurrent;
using Polly.Timeout;

namespace FrontDoor.Gateway.Resilience;

/// <summary>Ends an attempt that takes longer than it may.</summary>
internal sealed class AttemptClock(TimeSpan timeout, TimeProvider time)
{
    // As many as are in use at once; a timer for each request is half the cost of timing it.
    private readonly ConcurrentQueue<CancellationTokenSource> _free = new();

    /// <exception cref="TimeoutRejectedException">It took too long. A cancellation by the caller stays one.</exception>
    public async Task<HttpResponseMessage> RunAsync<TState>(Func<TState, CancellationToken, Task<HttpResponseMessage>> attempt, TState state, CancellationToken cancellationToken)
    {
        var clock = Begin();
        var link = cancellationToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), clock);
        try
        {
            return await attempt(state, clock.Token);
        }
        catch (OperationCanceledException e) when (clock.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutRejectedException("The attempt took longer than it may", timeout, e);
        }
        finally
        {
            await link.DisposeAsync();
            End(clock);
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
