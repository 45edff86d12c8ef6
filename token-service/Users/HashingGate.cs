using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.Users;

/// <summary>
/// Lets only so many passwords be hashed at once, and only so many wait: a flood of sign-ins must not take the processors from refresh,
/// key publication and the revocation feed.
/// </summary>
internal sealed class HashingGate(IOptions<UserOptions> options) : IDisposable
{
    private readonly SemaphoreSlim _slots = new(options.Value.EffectiveConcurrentHashes);
    private int _waiting;

    /// <exception cref="HashingBusyException">Too many are waiting already.</exception>
    public async Task<IDisposable> EnterAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _waiting) > options.Value.HashQueue + options.Value.EffectiveConcurrentHashes)
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
