namespace FrontDoor.Gateway.Streams;

/// <summary>Looks four times a second whether a stream has outlived its token: revocations arrive within that second too.</summary>
internal sealed partial class EndStreams(LiveStreams streams, TimeProvider time, ILogger<EndStreams> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                foreach (var stream in streams.EndWithTheirTokens(time.GetUtcNow().UtcDateTime)) Log.Ended(logger, stream.Route, stream.EndReason!);
            }
        }
        catch (OperationCanceledException)
        {
            // The gateway stops.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "A stream of route {Route} was ended: {Reason}")]
        public static partial void Ended(ILogger logger, string route, string reason);
    }
}
