using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.Audit;

/// <summary>Bounds what failures add to the audit log, per event and hour in this process: a flood of sign-ins must not fill the disk.</summary>
internal sealed class FailureBudget(IOptions<AuditOptions> options, TimeProvider clock)
{
    private static readonly TimeSpan Window = TimeSpan.FromHours(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Count> _counts = [];

    /// <param name="what">One of <see cref="AuditEvents"/>: few, so that the counts need no bound.</param>
    /// <returns>Whether this failure may be a row; and, in the first call of a window, how many of the window before were none.</returns>
    public (bool Write, long Omitted) Take(string what)
    {
        lock (_lock)
        {
            var count = _counts.GetValueOrDefault(what);
            var omitted = 0L;
            if (count is null || clock.GetElapsedTime(count.Since) >= Window)
            {
                omitted = Math.Max(0, (count?.Failures ?? 0) - options.Value.FailuresPerHour);
                _counts[what] = count = new Count(clock.GetTimestamp());
            }

            return (++count.Failures <= options.Value.FailuresPerHour, omitted);
        }
    }

    private sealed class Count(long since)
    {
        public long Since => since;

        public long Failures { get; set; }
    }
}
