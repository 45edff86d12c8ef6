using System.Threading.RateLimiting;

namespace FrontDoor.Gateway.RateLimiting;

/// <summary>A limit for one client, counted in this process.</summary>
internal static class LocalLimiter
{
    /// <param name="limit">The limit.</param>
    /// <param name="replenishItself">False inside a partitioned limiter, which has one timer for all.</param>
    public static RateLimiter Of(RateLimitOptions limit, bool replenishItself) => limit.Kind switch
    {
        LimitKind.SlidingWindow => new SlidingWindowRateLimiter(new()
        {
            PermitLimit = limit.Permits,
            Window = limit.Length,
            SegmentsPerWindow = limit.Parts,
            AutoReplenishment = replenishItself,
        }),
        // One at a time, so that they come back evenly.
        LimitKind.TokenBucket => new TokenBucketRateLimiter(new()
        {
            TokenLimit = limit.Size,
            TokensPerPeriod = 1,
            ReplenishmentPeriod = limit.Length / limit.Permits,
            AutoReplenishment = replenishItself,
        }),
        LimitKind.Concurrency => new ConcurrencyLimiter(new() { PermitLimit = limit.Permits, QueueLimit = limit.Queue ?? 0 }),
        _ => new FixedWindowRateLimiter(new() { PermitLimit = limit.Permits, Window = limit.Length, AutoReplenishment = replenishItself }),
    };
}
