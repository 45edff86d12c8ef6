using System.Globalization;
using Microsoft.AspNetCore.Connections.Features;

namespace FrontDoor.Gateway.Edge;

/// <summary>
/// Refuses what a connection asks beyond so many requests in a second: a flood on one HTTP/2 connection needs no further connections, and limits by route count only what
/// a route has matched. On HTTP/1.1 the connection ends with it.
/// </summary>
internal sealed class ConnectionRate(RequestDelegate next, int most, TimeProvider time)
{
    private static readonly object Key = new();

    private sealed class Second
    {
        public long Began;
        public int Requests;
    }

    public Task InvokeAsync(HttpContext context) => Count(context) <= most ? next(context) : RefuseAsync(context);

    private int Count(HttpContext context)
    {
        if (context.Features.Get<IConnectionItemsFeature>()?.Items is not { } items) return 0;
        var now = time.GetTimestamp();
        // The streams of a HTTP/2 connection run beside each other.
        lock (items)
        {
            if (!items.TryGetValue(Key, out var known)) items[Key] = known = new Second { Began = now };
            var second = (Second)known!;
            if (time.GetElapsedTime(second.Began, now) >= TimeSpan.FromSeconds(1)) (second.Began, second.Requests) = (now, 0);
            return ++second.Requests;
        }
    }

    private static Task RefuseAsync(HttpContext context)
    {
        context.Response.Headers.RetryAfter = 1.ToString(CultureInfo.InvariantCulture);
        if (HttpProtocol.IsHttp11(context.Request.Protocol)) context.Response.Headers.Connection = "close";
        return Problem.WriteAsync(context, StatusCodes.Status429TooManyRequests, "throttled", "Request was throttled. Expected available in 1 second.", reason: "connection_rate");
    }
}
