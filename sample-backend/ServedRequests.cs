namespace FrontDoor.SampleBackend;

/// <summary>Counts requests, health probes included, from the start of the process.</summary>
internal sealed class ServedRequests(TimeProvider clock)
{
    private readonly long _started = clock.GetTimestamp();
    private long _count;

    public long Count => Interlocked.Read(ref _count);

    public TimeSpan Uptime => clock.GetElapsedTime(_started);

    public void Add() => Interlocked.Increment(ref _count);
}

internal static class ServedRequestsSetup
{
    public static void UseServedRequests(this WebApplication app)
    {
        var served = app.Services.GetRequiredService<ServedRequests>();
        app.Use((context, next) =>
        {
            served.Add();
            return next(context);
        });
    }
}
