using FrontDoor.Gateway.Authentication;

namespace FrontDoor.Gateway.Streams;

/// <summary>One stream under way, the token that opened it, and how it is told to end.</summary>
internal sealed class LiveStream(ValidatedToken token, StreamEnd endWith, string route, TimeProvider time) : IDisposable
{
    // A message under way may still be completed; no longer than this, since a stream ends within a second of its token.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private readonly CancellationTokenSource _stop = new(Timeout.InfiniteTimeSpan, time);

    public string Route => route;

    /// <summary>Why it ends, for the log and for the client; null while it lives.</summary>
    public string? EndReason { get; private set; }

    /// <summary>Cancelled when nothing more may be read from the back end.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <summary>Whether a message is half sent.</summary>
    public Func<bool> MidMessage { get; init; } = () => false;

    /// <returns>Why it has to end; null while it may live on.</returns>
    public string? Objection(DateTime now) =>
        token.IsRevoked ? "token revoked"
        : endWith == StreamEnd.Token && token.HasExpired(now) ? "token expired"
        : null;

    public void End(string reason)
    {
        EndReason = reason;
        try
        {
            if (MidMessage()) _stop.CancelAfter(Patience);
            else _stop.Cancel();
        }
        catch (Exception e) when (e is ObjectDisposedException or AggregateException)
        {
            // It came to its own end at this very moment, or broke while it was told to.
        }
    }

    public void Dispose() => _stop.Dispose();
}
