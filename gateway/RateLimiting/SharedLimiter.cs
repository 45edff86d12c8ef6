using System.Security.Cryptography;
using System.Text;
using System.Threading.RateLimiting;

namespace FrontDoor.Gateway.RateLimiting;

/// <summary>A limit for one client, counted in Redis; by itself while Redis is away.</summary>
internal sealed class SharedLimiter(SharedCounters counters, Counted counted, TimeProvider time) : RateLimiter
{
    /// <summary>How many more requests may pass.</summary>
    public static readonly MetadataName<long> Remaining = new("REMAINING");

    private readonly RateLimitOptions _options = counted.Limit.Options;
    private readonly string _key = KeyOf(counted);
    private readonly (string Script, long[] Arguments) _script = SharedScript.Of(counted.Limit.Options);

    // Made when Redis first fails this client: each has a timer of its own.
    private readonly Lazy<RateLimiter> _local = new(() => LocalLimiter.Of(counted.Limit.Options, replenishItself: true));
    private long _lastUse = time.GetTimestamp();

    // Lets the framework drop limiters of clients that are gone. A bucket that is counted here must have had the time to fill up.
    public override TimeSpan? IdleDuration => time.GetElapsedTime(Interlocked.Read(ref _lastUse)) is var idle && idle > FillTime ? idle : null;

    private TimeSpan FillTime => _options.Kind == LimitKind.TokenBucket ? _options.Length * ((double)_options.Size / _options.Permits) : _options.Length;

    public override RateLimiterStatistics? GetStatistics() => _local.IsValueCreated ? _local.Value.GetStatistics() : null;

    // Redis can only be asked asynchronously.
    protected override RateLimitLease AttemptAcquireCore(int permitCount) => new Lease(false, 0, null);

    protected override async ValueTask<RateLimitLease> AcquireAsyncCore(int permitCount, CancellationToken cancellationToken)
    {
        Interlocked.Exchange(ref _lastUse, time.GetTimestamp());
        return await counters.CountAsync(_script.Script, _key, _script.Arguments) is var (allowed, remaining, change)
            ? new Lease(allowed, remaining, change)
            : await _local.Value.AcquireAsync(permitCount, cancellationToken);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && _local.IsValueCreated) _local.Value.Dispose();
        base.Dispose(disposing);
    }

    // Counts of another kind or window are others. Who somebody is stays out of Redis.
    private static string KeyOf(Counted counted)
    {
        var options = counted.Limit.Options;
        var client = counted.Limit.By.NeedsUser ? Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(counted.Client)), 0, 16) : counted.Client;
        return $"front-door:limit:{counted.Limit.Name}:{options.By}:{options.Kind}:{options.Length.TotalMilliseconds}/{options.Parts}:{client}";
    }

    private sealed class Lease(bool acquired, long remaining, TimeSpan? change) : RateLimitLease
    {
        public override bool IsAcquired => acquired;

        public override IEnumerable<string> MetadataNames => change is null ? [] : [Remaining.Name, MetadataName.RetryAfter.Name];

        public override bool TryGetMetadata(string metadataName, out object? metadata)
        {
            metadata = change is null ? null
                : metadataName == MetadataName.RetryAfter.Name ? change
                : metadataName == Remaining.Name ? remaining
                : null;
            return metadata is not null;
        }
    }
}
