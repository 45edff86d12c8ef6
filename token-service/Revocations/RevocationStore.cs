using FrontDoor.TokenService.AccessTokens;
using FrontDoor.TokenService.Storage;
using Microsoft.EntityFrameworkCore;

namespace FrontDoor.TokenService.Revocations;

/// <summary>The revocation table's statements.</summary>
internal sealed class RevocationStore(TokenDb db, LatestTime latest)
{
    /// <summary>
    /// After this no gateway accepts a token: the longest that settings may make one live, whatever they are now, since tokens were issued before they were changed; and the largest
    /// clock skew that a gateway can be given.
    /// </summary>
    public static readonly TimeSpan LongestTokenLife = AccessTokenOptions.LongestLifetime + TimeSpan.FromSeconds(60);

    // Any number, the same on all nodes: "only one transaction at a time adds revocations".
    private const long AppendLock = 0x46726f6e74446f6f;

    private const int CleanUpBatch = 1000;

    /// <summary>How long a revoked key is named: for good. Whoever stole it sets <c>exp</c> as he likes, and a gateway's secret file may have it for years.</summary>
    private static readonly TimeSpan KeyEntryLife = TimeSpan.FromDays(36_500);

    /// <summary>Adds a row for each subject inside the caller's transaction, in one statement.</summary>
    /// <param name="issuedAt">When the last token that is covered is known to have been issued, in Unix milliseconds: it may be later than now, if the clock was set back.</param>
    public async Task AppendAsync(string kind, IEnumerable<string> subjects, long now, CancellationToken cancellationToken, long issuedAt = 0)
    {
        await TakeTurnAsync(cancellationToken);
        var expiresAt = kind == Revocation.Key
            ? now + (long)KeyEntryLife.TotalMilliseconds
            : Math.Max(latest.Look(), issuedAt) + (long)LongestTokenLife.TotalMilliseconds;
        var sql = $$"""INSERT INTO "Revocations" ("Kind", "Subject", "CreatedAt", "ExpiresAt") SELECT {0}, value, {1}, {2} FROM {{TextRows.From(db, "{3}")}}""";
        await db.Database.ExecuteSqlRawAsync(sql, [kind, now, expiresAt, TextRows.Of(subjects)], cancellationToken);
        await ChangeNotices.SendAsync(db, ChangeNotices.Revocations, cancellationToken);
    }

    /// <summary>
    /// Waits until no other transaction adds revocations, and keeps them out until the caller's ends. Whoever locks rows before must know that those who have the
    /// turn lock no such rows.
    /// </summary>
    public async Task TakeTurnAsync(CancellationToken cancellationToken)
    {
        // PostgreSQL hands out numbers before the commit; without this a reader could see 6, then miss 5 that commits later.
        if (db.Database.IsNpgsql()) await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({AppendLock})", cancellationToken);
    }

    /// <returns>Those that come after this one and were still needed then.</returns>
    public Task<List<Revocation>> AfterAsync(long id, long then, CancellationToken cancellationToken) =>
        db.Revocations.AsNoTracking().Where(r => r.Id > id && r.ExpiresAt > then).OrderBy(r => r.Id).ToListAsync(cancellationToken);

    /// <summary>Removes at most one batch of rows that were needed until then.</summary>
    /// <returns>Whether there may be more.</returns>
    public async Task<bool> CleanUpAsync(long until, CancellationToken cancellationToken) => await db.Revocations
        .Where(r => db.Revocations.Where(old => old.ExpiresAt <= until).OrderBy(old => old.Id).Select(old => old.Id).Take(CleanUpBatch).Contains(r.Id))
        .ExecuteDeleteAsync(cancellationToken) == CleanUpBatch;
}
