using FrontDoor.Gateway.Observability;

namespace FrontDoor.Gateway.Dashboard;

/// <summary>The last minutes' traffic, so that the dashboard has a line to draw as soon as it is opened.</summary>
internal sealed class TrafficHistory(Traffic traffic, TimeProvider time) : BackgroundService
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private const int Length = 150;

    private readonly Lock _gate = new();
    private readonly Queue<Sample> _samples = new(Length);
    private (long Answered, long Failed) _before;

    /// <summary>What was answered in one interval.</summary>
    internal readonly record struct Sample(long Answered, long Failed);

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<Sample> Samples
    {
        get
        {
            lock (_gate) return [.. _samples];
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) Take();
        }
        catch (OperationCanceledException)
        {
            // The gateway stops.
        }
    }

    private void Take()
    {
        var now = (Answered: traffic.All.Sum(r => r.Answered), Failed: traffic.All.Sum(r => r.Failed));
        lock (_gate)
        {
            if (_samples.Count == Length) _samples.Dequeue();
            // Fewer than before: a route moved to another cluster and counts from 0.
            _samples.Enqueue(new(Math.Max(0, now.Answered - _before.Answered), Math.Max(0, now.Failed - _before.Failed)));
        }

        _before = now;
    }
}
