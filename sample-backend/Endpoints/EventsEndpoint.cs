using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FrontDoor.SampleBackend.Endpoints;

/// <summary>Server-sent events: a tick per second until the client leaves, <c>count</c> is reached or the host stops.</summary>
internal static class EventsEndpoint
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    public static void MapEvents(this IEndpointRouteBuilder routes) => routes.MapGet("/api/events", Stream);

    private static ServerSentEventsResult<Tick> Stream(
        ForwardedIdentity? identity,
        Instance instance,
        TimeProvider clock,
        IHostApplicationLifetime lifetime,
        [Range(1, 3600)] int? count = null)
    {
        Tick At(int n) => new(n, clock.GetUtcNow(), identity?.User, instance.Name);
        return TypedResults.ServerSentEvents(TicksAsync(count ?? int.MaxValue, At, clock, lifetime.ApplicationStopping));
    }

    private static async IAsyncEnumerable<SseItem<Tick>> TicksAsync(
        int count, Func<int, Tick> tickAt, TimeProvider clock, CancellationToken stopping,
        [EnumeratorCancellation] CancellationToken clientLeft = default)
    {
        // Without the host's token every open stream would hold up a restart for the whole shutdown timeout.
        using var end = CancellationTokenSource.CreateLinkedTokenSource(clientLeft, stopping);
        for (var n = 1; n <= count && !end.IsCancellationRequested; n++)
        {
            yield return new SseItem<Tick>(tickAt(n), "tick") { EventId = n.ToString(CultureInfo.InvariantCulture) };
            if (n < count)
            {
                await Task.Delay(Period, clock, end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private sealed record Tick(int N, DateTimeOffset Time, string? User, string Instance);
}
