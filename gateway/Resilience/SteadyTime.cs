namespace FrontDoor.Gateway.Resilience;

/// <summary>
/// A time of day that goes on evenly, whatever the clock on the wall is set to. Polly's circuit breaker counts by the time of day: set back by an hour, a circuit would stay
/// open for an hour more.
/// </summary>
internal sealed class SteadyTime(TimeProvider time) : TimeProvider
{
    private readonly DateTimeOffset _began = time.GetUtcNow();
    private readonly long _start = time.GetTimestamp();

    public override DateTimeOffset GetUtcNow() => _began + time.GetElapsedTime(_start);

    public override long GetTimestamp() => time.GetTimestamp();

    public override long TimestampFrequency => time.TimestampFrequency;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => time.CreateTimer(callback, state, dueTime, period);
}
