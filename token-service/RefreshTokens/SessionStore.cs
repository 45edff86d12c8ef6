using System.Security.Cryptography;
using FrontDoor.TokenService.Audit;
using FrontDoor.TokenService.Observability;
using FrontDoor.TokenService.Revocations;
using FrontDoor.TokenService.Storage;
using Microsoft.EntityFrameworkCore;

namespace FrontDoor.TokenService.RefreshTokens;

/// <summary>The session table's statements. Refreshes pass EF Core by (<see cref="IStatements"/>); the rest runs in its transactions.</summary>
internal sealed class SessionStore(TokenDb db, SessionStatements sql, IStatements statements, RevocationStore revocations, RevocationLog log, AuditLog audit, TokenServiceMeter meter)
{
    public static string NewId() => RandomNumberGenerator.GetHexString(32, lowercase: true);

    /// <summary>Inserts the session if the user is still active and has the password that was checked.</summary>
    /// <param name="session">The new row.</param>
    /// <param name="credentialVersion">The user's at the time of the check.</param>
    /// <param name="origin">For the audit log; null for a sign-in.</param>
    /// <returns>Null when the user was disabled or changed the password meanwhile.</returns>
    public async Task<RotatedSession?> CreateAsync(Session session, int credentialVersion, string? origin, CancellationToken cancellationToken)
    {
        // Both rows or neither, so it is EF Core's transaction, the caller's where there is one; IStatements has none.
        await using var own = db.Database.CurrentTransaction is null ? await db.Database.BeginTransactionAsync(cancellationToken) : null;
        var created = await sql.Create(session, credentialVersion, lockUser: db.Database.IsNpgsql()).RunInAsync(db, cancellationToken);
        if (created is null) return null;
        await audit.SucceededAsync(AuditEvents.SessionStarted, session.Id, origin, cancellationToken);
        if (own is not null) await own.CommitAsync(cancellationToken);
        meter.SessionStarted();
        return created;
    }

    /// <summary>Moves the session one step on if <paramref name="counter"/> is still current, in one compare-and-swap statement.</summary>
    /// <returns>The new state; null when the swap lost.</returns>
    public Task<RotatedSession?> RotateAsync(string id, long counter, long now, long expiresAt, CancellationToken cancellationToken) =>
        statements.WriteAsync(sql.Rotate(id, counter, NewId(), now, expiresAt), cancellationToken);

    public Task<RotatedSession?> FindAsync(string id, CancellationToken cancellationToken) => statements.ReadAsync(sql.Find(id), cancellationToken);

    public Task<bool> HasUserAsync(string userId, CancellationToken cancellationToken) => db.Users.AnyAsync(u => u.Id == userId, cancellationToken);

    /// <returns>Null while it lives, or where there is none.</returns>
    public async Task<SessionEnd?> EndReasonAsync(string id, CancellationToken cancellationToken) =>
        Enum.TryParse<SessionEnd>(await db.Sessions.Where(s => s.Id == id).Select(s => s.EndReason).SingleOrDefaultAsync(cancellationToken), out var reason) ? reason : null;

    /// <summary>Whether the sign-in asked for scopes of its own (<see cref="Session.Scopes"/>).</summary>
    public Task<bool> IsNarrowedAsync(string id, CancellationToken cancellationToken) =>
        db.Sessions.AnyAsync(s => s.Id == id && s.Scopes != null, cancellationToken);

    /// <summary>Ends sessions, revokes their access tokens and records it, all or nothing: one statement each, however many sessions there are.</summary>
    /// <param name="which">Which of the living sessions.</param>
    /// <returns>The ids of those that were alive.</returns>
    public async Task<IReadOnlyList<string>> EndAsync(SessionFilter which, SessionEnd reason, long now, CancellationToken cancellationToken)
    {
        // Joins the caller's transaction where there is one: a change of password and the end of sessions are one step.
        await using var own = db.Database.CurrentTransaction is null ? await db.Database.BeginTransactionAsync(cancellationToken) : null;
        var sessions = await SessionStatements.End(which, reason, now, lockRows: db.Database.IsNpgsql()).AllInAsync(db, cancellationToken);
        if (sessions.Count == 0) return [];
        var ended = sessions.ConvertAll(session => session.Id);

        // Counted where it happens; the rare rollback of a caller's transaction leaves too many.
        meter.SessionsEnded(ended.Count, reason.ToString());
        await audit.EachSucceededAsync(AuditEvents.SessionEnded, ended, reason.ToString(), cancellationToken);
        await revocations.AppendAsync(Revocation.Session, ended, now, cancellationToken, issuedAt: sessions.Max(session => session.RotatedAt));
        if (own is null) return ended; // whoever commits nudges
        await own.CommitAsync(cancellationToken);
        log.Nudge();
        return ended;
    }

    /// <summary>Removes at most one batch of rows whose last refresh token has expired.</summary>
    /// <returns>How many.</returns>
    public Task<int> CleanUpAsync(long now, int batch, CancellationToken cancellationToken) => db.Sessions
        .Where(s => db.Sessions.Where(old => old.ExpiresAt <= now).OrderBy(old => old.ExpiresAt).Select(old => old.Id).Take(batch).Contains(s.Id))
        .ExecuteDeleteAsync(cancellationToken);

    /// <param name="before">The place where the page before ended; null for the first.</param>
    /// <returns>The latest first.</returns>
    public Task<List<Session>> LivingOfAsync(string userId, long now, SessionPlace? before, int limit, CancellationToken cancellationToken)
    {
        var living = db.Sessions.AsNoTracking().Where(s => s.UserId == userId && s.EndedAt == null && s.ExpiresAt > now);
        if (before is { } place)
            living = living.Where(s => s.RotatedAt < place.RotatedAt || (s.RotatedAt == place.RotatedAt && s.Id.CompareTo(place.Id) < 0));
        return living.OrderByDescending(s => s.RotatedAt).ThenByDescending(s => s.Id).Take(limit).ToListAsync(cancellationToken);
    }
}
