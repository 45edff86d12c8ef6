namespace FrontDoor.TokenService.Storage;

/// <summary>Wakes one loop before its time. Given while the loop is at work, it counts for the next wait; given twice, it counts once.</summary>
internal sealed class Nudge : IDisposable
{
    private readonly SemaphoreSlim _given = new(0, 1);

    public void Give()
    {
        try
        {
            _given.Release();
        }
        catch (SemaphoreFullException)
        {
            // One look is due already; it will see this change, too.
        }
    }

    public Task WaitAsync(CancellationToken cancellationToken) => _given.WaitAsync(cancellationToken);

    public void Dispose() => _given.Dispose();
}
