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

    public Task InvokeAsync(HttpContext context)
    {
        var route = context.GetEndpoint()!.Metadata.GetRequiredMetadata<RouteLimits>();
        var limits = limitsOf(route);
        if (limits is not [{ Options.Kind: not LimitKind.Concurrency } only]) return CountAsync(context, route, limits);

        // The usual case, without a wait: the lease of a window gives nothing back at the end, so nobody has to stay for that.
        var counted = new Counted(only, only.By.ClientOf(context, route.Route));
        var acquiring = limiters.AcquireAsync(counted, 1, context.RequestAborted);
        return acquiring.IsCompletedSuccessfully ? ConcludeAsync(context, route, counted, acquiring.Result) : AwaitedAsync(context, route, counted, acquiring);
    }

    private async Task AwaitedAsync(HttpContext context, RouteLimits route, Counted counted, ValueTask<RateLimitLease> acquiring) =>
        await ConcludeAsync(context, route, counted, await acquiring);

    private Task ConcludeAsync(HttpContext context, RouteLimits route, Counted counted, RateLimitLease lease)
    {
        using (lease)
        {
            Tell(context.Response, counted, lease);
            if (lease.IsAcquired) return next(context);
            meter.Refused(counted.Limit.Name, route.Route);
            return RejectAsync(context, lease);
        }
    }

    private async Task CountAsync(HttpContext context, RouteLimits route, IReadOnlyList<NamedLimit> limits)
    {
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
        response.OnStarting(Write, new Fields(response.Headers, counted.Limit.Policy, said));
    }

    private static Task Write(object state)
    {
        var (headers, policy, left) = (Fields)state;
        headers[PolicyField] = headers.TryGetValue(PolicyField, out var before) ? $"{before},{policy}" : policy;
        headers[LeftField] = headers.TryGetValue(LeftField, out before) ? $"{before},{left}" : left;
        return Task.CompletedTask;
    }

    // The words of Django REST framework's 429, which clients of simplejwt may parse.
    private static async Task RejectAsync(HttpContext context, RateLimitLease lease)
    {
        var seconds = lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? Seconds(wait) : 1;
        context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        await Problem.WriteAsync(context, StatusCodes.Status429TooManyRequests, "throttled",
            $"Request was throttled. Expected available in {seconds} second{(seconds == 1 ? "" : "s")}.");
    }

    private sealed record Fields(IHeaderDictionary Headers, string Policy, string Left);

    private static long Seconds(TimeSpan wait) => Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds));
}
