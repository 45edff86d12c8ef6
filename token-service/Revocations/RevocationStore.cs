using FrontDoor.TokenService.AccessTokens;
using FrontDoor.TokenService.Clients;
using FrontDoor.TokenService.SlidingTokens;
using FrontDoor.TokenService.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.Revocations;

/// <summary>The revocation table's statements.</summary>
internal sealed class RevocationStore(
    TokenDb db, IOptions<AccessTokenOptions> issuing, IOptions<SlidingTokenOptions> sliding, IOptions<ClientOptions> clients)
{
    // A gateway may accept a token this much longer than its exp (the largest clock skew it can be given).
    private static readonly TimeSpan LargestSkew = TimeSpan.FromSeconds(60);

    // Any number, the same on all nodes: "only one transaction at a time adds revocations".
    private const long AppendLock = 0x46726f6e74446f6f;

    private const int CleanUpBatch = 1000;

    /// <summary>How long a revoked key is named: for good. Whoever stole it sets <c>exp</c> as he likes, and a gateway's secret file may have it for years.</summary>
    private static readonly TimeSpan KeyEntryLife = TimeSpan.FromDays(36_500);

    /// <summary>Adds a row for each subject inside the caller's transaction, in one statement.</summary>
    public async Task AppendAsync(string kind, IEnumerable<string> subjects, long now, CancellationToken cancellationToken)
    {
        await TakeTurnAsync(cancellationToken);
        var expiresAt = now + (long)EntryLife(kind).TotalMilliseconds;
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

    private TimeSpan EntryLife(string kind) => kind switch
    {
        Revocation.Key => KeyEntryLife,
        Revocation.Client or Revocation.Token => clients.Value.TokenLifetime + LargestSkew,
        _ => sliding.Value.Longest(issuing.Value) + LargestSkew,
    };

    public Task<List<Revocation>> AfterAsync(long id, long now, CancellationToken cancellationToken) =>
        db.Revocations.AsNoTracking().Where(r => r.Id > id && r.ExpiresAt > now).OrderBy(r => r.Id).ToListAsync(cancellationToken);

    /// <summary>Removes at most one batch of rows that cover no living token.</summary>
    /// <returns>Whether there may be more.</returns>
    public async Task<bool> CleanUpAsync(long now, CancellationToken cancellationToken) => await db.Revocations
        .Where(r => db.Revocations.Where(old => old.ExpiresAt <= now).OrderBy(old => old.Id).Select(old => old.Id).Take(CleanUpBatch).Contains(r.Id))
        .ExecuteDeleteAsync(cancellationToken) == CleanUpBatch;
}
