using System.Threading.RateLimiting;

namespace FrontDoor.Gateway.RateLimiting;

/// <summary>A fixed window for one client, counted in Redis; by itself while Redis is away.</summary>
internal sealed class SharedWindowLimiter(SharedCounters counters, string key, RateLimitOptions options, TimeProvider time) : RateLimiter
{
    // Made when Redis first fails this client: each has a timer of its own.
    private readonly Lazy<FixedWindowRateLimiter> _local = new(() => new FixedWindowRateLimiter(LocalWindow.Of(options, replenishItself: true)));
    private long _lastUse = time.GetTimestamp();

    // Lets the framework drop limiters of clients that are gone.
    public override TimeSpan? IdleDuration => time.GetElapsedTime(Interlocked.Read(ref _lastUse)) is var idle && idle > options.Window ? idle : null;

    public override RateLimiterStatistics? GetStatistics() => null;

    // Redis can only be asked asynchronously; the middleware then calls AcquireAsync.
    protected override RateLimitLease AttemptAcquireCore(int permitCount) => new Lease(false, null);

    protected override async ValueTask<RateLimitLease> AcquireAsyncCore(int permitCount, CancellationToken cancellationToken)
    {
        Interlocked.Exchange(ref _lastUse, time.GetTimestamp());
        return await counters.CountAsync(key, options.Window) is var (count, left)
            ? new Lease(count <= options.Permits, left)
            : await _local.Value.AcquireAsync(permitCount, cancellationToken);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && _local.IsValueCreated) _local.Value.Dispose();
        base.Dispose(disposing);
    }

    private sealed class Lease(bool acquired, TimeSpan? left) : RateLimitLease
    {
        public override bool IsAcquired => acquired;

        public override IEnumerable<string> MetadataNames => left is null ? [] : [MetadataName.RetryAfter.Name];

        public override bool TryGetMetadata(string metadataName, out object? metadata)
        {
            metadata = metadataName == MetadataName.RetryAfter.Name ? left : null;
            return metadata is not null;
        }
    }
}

internal static class LocalWindow
{
    /// <param name="options">The limit.</param>
    /// <param name="replenishItself">False inside a partitioned limiter, which has one timer for all.</param>
    public static FixedWindowRateLimiterOptions Of(RateLimitOptions options, bool replenishItself) => new()
    {
        PermitLimit = options.Permits,
        Window = options.Window,
        QueueLimit = 0,
        AutoReplenishment = replenishItself,
    };
}
