using FrontDoor.TokenService.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.Audit;

/// <summary>Which rows of the log; null is any.</summary>
/// <param name="Since">The first moment.</param>
/// <param name="Until">The first moment no longer wanted.</param>
/// <param name="Before">Only rows whose id is smaller: the next page of a list that goes backwards.</param>
internal sealed record AuditFilter(DateTimeOffset? Since, DateTimeOffset? Until, string? Event, string? Actor, string? Subject, long? Before = null);

/// <summary>Reads the audit log, and removes what is past its time.</summary>
internal sealed class AuditTrail(TokenDb db, IOptions<AuditOptions> options, TimeProvider clock)
{
    public const int MostRows = 1000;

    /// <param name="limit">At most <see cref="MostRows"/>.</param>
    /// <returns>The newest first.</returns>
    public Task<List<AuditEntry>> ListAsync(AuditFilter filter, int limit, CancellationToken cancellationToken)
    {
        var rows = db.Audit.AsNoTracking();
        if (filter.Since is { } since) rows = rows.Where(e => e.At >= since.ToUnixTimeMilliseconds());
        if (filter.Until is { } until) rows = rows.Where(e => e.At < until.ToUnixTimeMilliseconds());
        if (filter.Event is { } what) rows = rows.Where(e => e.Event == what);
        if (filter.Actor is { } actor) rows = rows.Where(e => e.Actor == actor);
        if (filter.Subject is { } subject) rows = rows.Where(e => e.Subject == subject);
        if (filter.Before is { } before) rows = rows.Where(e => e.Id < before);
        return rows.OrderByDescending(e => e.Id).Take(limit).ToListAsync(cancellationToken);
    }

    /// <summary>Removes at most one batch of rows that are older than <see cref="AuditOptions.Retention"/>.</summary>
    /// <returns>How many.</returns>
    public Task<int> CleanUpAsync(int batch, CancellationToken cancellationToken)
    {
        var oldest = (clock.GetUtcNow() - options.Value.Retention).ToUnixTimeMilliseconds();
        return db.Audit
            .Where(e => db.Audit.Where(old => old.At < oldest).OrderBy(old => old.At).Select(old => old.Id).Take(batch).Contains(e.Id))
            .ExecuteDeleteAsync(cancellationToken);
    }
}
