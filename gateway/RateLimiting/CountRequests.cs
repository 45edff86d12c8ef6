using System.Globalization;
using System.Threading.RateLimiting;
using FrontDoor.Gateway.Edge;
using FrontDoor.Gateway.Observability;

namespace FrontDoor.Gateway.RateLimiting;

/// <summary>Lets a request pass when all limits of its route do, and says on the answer how much is left (draft-ietf-httpapi-ratelimit-headers-10).</summary>
/// <param name="next">The next stage.</param>
/// <param name="limiters">Has a limiter for everybody who is counted.</param>
/// <param name="meter">Counts refusals.</param>
/// <param name="limitsOf">Those that count at this place in the pipeline.</param>
internal sealed class CountRequests(RequestDelegate next, PartitionedRateLimiter<Counted> limiters, GatewayMeter meter, Func<RouteLimits, IReadOnlyList<NamedLimit>> limitsOf)
{
    private const string PolicyField = "RateLimit-Policy";
    private const string LeftField = "RateLimit";

    public async Task InvokeAsync(HttpContext context)
    {
        var route = context.GetEndpoint()!.Metadata.GetRequiredMetadata<RouteLimits>();
        var limits = limitsOf(route);
        var leases = new List<RateLimitLease>(limits.Count);
        try
        {
            foreach (var limit in limits)
            {
                var counted = new Counted(limit, limit.By.ClientOf(context, route.Route));
                var lease = await limiters.AcquireAsync(counted, 1, context.RequestAborted);
                leases.Add(lease);
                Tell(context.Response, counted, lease);
                if (lease.IsAcquired) continue;
                meter.Refused(limit.Name, route.Route);
                await RejectAsync(context, lease);
                return;
            }

            await next(context);
        }
        finally
        {
            foreach (var lease in leases) lease.Dispose();
        }
    }

    private void Tell(HttpResponse response, Counted counted, RateLimitLease lease)
    {
        var left = !lease.IsAcquired ? 0
            : lease.TryGetMetadata(SharedLimiter.Remaining, out var shared) ? shared
            : limiters.GetStatistics(counted)?.CurrentAvailablePermits ?? 0;
        // The framework's limiters tell when something changes only when they refuse.
        var change = lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? $";t={Seconds(wait)}" : "";
        var said = string.Create(CultureInfo.InvariantCulture, $"\"{counted.Limit.Name}\";r={left}{change}");
        response.OnStarting(() =>
        {
            response.Headers.AppendCommaSeparatedValues(PolicyField, counted.Limit.Policy);
            response.Headers.AppendCommaSeparatedValues(LeftField, said);
            return Task.CompletedTask;
        });
    }

    // The words of Django REST framework's 429, which clients of simplejwt may parse.
    private static async Task RejectAsync(HttpContext context, RateLimitLease lease)
    {
        var seconds = lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? Seconds(wait) : 1;
        context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        await Problem.WriteAsync(context, StatusCodes.Status429TooManyRequests, "throttled",
            $"Request was throttled. Expected available in {seconds} second{(seconds == 1 ? "" : "s")}.");
    }

    private static long Seconds(TimeSpan wait) => Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds));
}
