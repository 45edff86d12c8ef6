using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.Users;

/// <summary>
/// Lets only so many passwords be hashed at once, and only so many wait: a flood of sign-ins must not take the processors from refresh,
/// key publication and the revocation feed.
/// </summary>
internal sealed class HashingGate : IDisposable
{
    private readonly SemaphoreSlim _slots;
    private readonly int _most;
    private int _waiting;

    public HashingGate(IOptions<UserOptions> options)
    {
        var atOnce = options.Value.EffectiveConcurrentHashes;
        _slots = new SemaphoreSlim(atOnce);
        _most = options.Value.HashQueue + atOnce;
        // A hash keeps a pool thread for a tenth of a second; the pool would add another for the other requests only after a while.
        ThreadPool.GetMinThreads(out var workers, out var completions);
        ThreadPool.SetMinThreads(Math.Max(workers, Environment.ProcessorCount + atOnce), completions);
    }

    /// <summary>Passwords that are being hashed or wait for it.</summary>
    public int Pending => Volatile.Read(ref _waiting);

    /// <summary>How many may.</summary>
    public int Most => _most;

    /// <summary>A look at the queue before anything is spent on a sign-in.</summary>
    /// <exception cref="HashingBusyException">Too many are waiting already.</exception>
    public void RefuseWhenFull()
    {
        if (Volatile.Read(ref _waiting) >= _most) throw new HashingBusyException();
    }

    /// <exception cref="HashingBusyException">Too many are waiting already.</exception>
    public async Task<IDisposable> EnterAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _waiting) > _most)
        {
            Interlocked.Decrement(ref _waiting);
            throw new HashingBusyException();
        }

        try
        {
            await _slots.WaitAsync(cancellationToken);
        }
        catch
        {
            Interlocked.Decrement(ref _waiting);
            throw;
        }

        return new Slot(this);
    }

    public void Dispose() => _slots.Dispose();

    private sealed class Slot(HashingGate gate) : IDisposable
    {
        public void Dispose()
        {
            gate._slots.Release();
            Interlocked.Decrement(ref gate._waiting);
        }
    }
}

/// <summary>The answer is 503 with Retry-After.</summary>
internal sealed class HashingBusyException() : Exception("Too many sign-ins are waiting");
