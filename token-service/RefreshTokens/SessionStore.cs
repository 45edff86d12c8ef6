using System.Linq.Expressions;
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
    /// <returns>Null when the user was disabled or changed the password meanwhile.</returns>
    public async Task<RotatedSession?> CreateAsync(Session session, int credentialVersion, CancellationToken cancellationToken)
    {
        // Both rows or neither, so it is EF Core's transaction, the caller's where there is one; IStatements has none.
        await using var own = db.Database.CurrentTransaction is null ? await db.Database.BeginTransactionAsync(cancellationToken) : null;
        var created = await sql.Create(session, credentialVersion, lockUser: db.Database.IsNpgsql()).RunInAsync(db, cancellationToken);
        if (created is null) return null;
        await audit.SucceededAsync(AuditEvents.SessionStarted, session.Id, cancellationToken: cancellationToken);
        if (own is not null) await own.CommitAsync(cancellationToken);
        meter.SessionStarted();
        return created;
    }

    /// <summary>Moves the session one step on if <paramref name="counter"/> is still current, in one compare-and-swap statement.</summary>
    /// <returns>The new state; null when the swap lost.</returns>
    public Task<RotatedSession?> RotateAsync(string id, long counter, long now, long expiresAt, CancellationToken cancellationToken) =>
        statements.WriteAsync(sql.Rotate(id, counter, NewId(), now, expiresAt), cancellationToken);

    public Task<RotatedSession?> FindAsync(string id, CancellationToken cancellationToken) => statements.ReadAsync(sql.Find(id), cancellationToken);

    /// <summary>Whether the sign-in asked for scopes of its own (<see cref="Session.Scopes"/>).</summary>
    public Task<bool> IsNarrowedAsync(string id, CancellationToken cancellationToken) =>
        db.Sessions.AnyAsync(s => s.Id == id && s.Scopes != null, cancellationToken);

    /// <summary>Ends sessions and revokes their access tokens, both or neither.</summary>
    /// <param name="which">Which of the living sessions.</param>
    /// <returns>The ids of those that were alive.</returns>
    public async Task<IReadOnlyList<string>> EndAsync(
        Expression<Func<Session, bool>> which, SessionEnd reason, long now, CancellationToken cancellationToken)
    {
        // Joins the caller's transaction where there is one: a change of password and the end of sessions are one step.
        await using var own = db.Database.CurrentTransaction is null ? await db.Database.BeginTransactionAsync(cancellationToken) : null;
        // In one order everywhere: two that end the same sessions wait for each other and never in a circle.
        var ids = await db.Sessions.Where(s => s.EndedAt == null).Where(which).OrderBy(s => s.Id).Select(s => s.Id).ToListAsync(cancellationToken);
        var ended = new List<string>(ids.Count);
        foreach (var id in ids)
        {
            // Another request may have ended it since it was listed; the one that changes the row revokes.
            if (!await EndOneAsync(id, reason, now, cancellationToken)) continue;
            await audit.SucceededAsync(AuditEvents.SessionEnded, id, reason.ToString(), cancellationToken);
            ended.Add(id);
        }

        // Counted where it happens; the rare rollback of a caller's transaction leaves one too many.
        if (ended.Count > 0) meter.SessionsEnded(ended.Count, reason.ToString());
        if (ended.Count > 0) await revocations.AppendAsync(Revocation.Session, ended, now, cancellationToken);
        if (own is null) return ended; // whoever commits nudges
        await own.CommitAsync(cancellationToken);
        if (ended.Count > 0) log.Nudge();
        return ended;
    }

    /// <summary>Removes at most one batch of rows whose last refresh token has expired.</summary>
    /// <returns>How many.</returns>
    public Task<int> CleanUpAsync(long now, int batch, CancellationToken cancellationToken) => db.Sessions
        .Where(s => db.Sessions.Where(old => old.ExpiresAt <= now).OrderBy(old => old.ExpiresAt).Select(old => old.Id).Take(batch).Contains(s.Id))
        .ExecuteDeleteAsync(cancellationToken);

    public Task<List<Session>> LivingOfAsync(string userId, long now, CancellationToken cancellationToken) => db.Sessions.AsNoTracking()
        .Where(s => s.UserId == userId && s.EndedAt == null && s.ExpiresAt > now).OrderByDescending(s => s.RotatedAt).ToListAsync(cancellationToken);

    private async Task<bool> EndOneAsync(string id, SessionEnd reason, long now, CancellationToken cancellationToken) =>
        await db.Sessions.Where(s => s.Id == id && s.EndedAt == null).ExecuteUpdateAsync(
            set => set.SetProperty(s => s.EndedAt, now).SetProperty(s => s.EndReason, reason.ToString()), cancellationToken) > 0;
}
