using System.ComponentModel.DataAnnotations;

namespace FrontDoor.SampleBackend.Endpoints;

/// <summary>Takes its time, for timeouts and graceful drain. Stops waiting when the caller hangs up.</summary>
internal static class SlowEndpoint
{
    public static void MapSlow(this IEndpointRouteBuilder routes) => routes.MapGet("/api/slow", WaitAsync);

    private static async Task<Slow> WaitAsync(
        TimeProvider clock, Instance instance, CancellationToken hungUp, [Range(0.0, 30.0)] double seconds = 1)
    {
        await Task.Delay(TimeSpan.FromSeconds(seconds), clock, hungUp);
        return new Slow(seconds, instance.Name);
    }

    private sealed record Slow(double WaitedSeconds, string Instance);
}
