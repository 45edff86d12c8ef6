using System.Linq.Expressions;
using System.Security.Cryptography;
using FrontDoor.TokenService.AccessTokens;
using FrontDoor.TokenService.Audit;
using FrontDoor.TokenService.Revocations;
using FrontDoor.TokenService.Storage;
using Microsoft.EntityFrameworkCore;

namespace FrontDoor.TokenService.RefreshTokens;

/// <summary>The session table's statements. SQL that SQLite and PostgreSQL both take.</summary>
internal sealed class SessionStore(TokenDb db, CustomClaims claims, RevocationStore revocations, RevocationLog log, AuditLog audit)
{
    // SQLite's RETURNING sees no alias of the updated table, hence the long names.
    // The user, roles and active flag are read in the statement that rotates: no answer mixes two states.
    private const string Columns = """
        "Sessions"."Id", "Sessions"."Counter", "Sessions"."RefreshJti", "Sessions"."RotatedAt", "Sessions"."ExpiresAt", "Sessions"."EndedAt", "Sessions"."UserId",
        (SELECT COALESCE(NULLIF(u."DisplayName", ''), u."UserName") FROM "Users" u WHERE u."Id" = "Sessions"."UserId") AS "Name",
        (SELECT u."IsActive" FROM "Users" u WHERE u."Id" = "Sessions"."UserId") AS "IsActive",
        (SELECT string_agg(r."Name", {0} ORDER BY r."Name") FROM "UserRoles" ur JOIN "Roles" r ON r."Id" = ur."RoleId" WHERE ur."UserId" = "Sessions"."UserId") AS "Roles",
        "Sessions"."Scopes",
        """;

    private const string RotateSql = $$"""
        UPDATE "Sessions"
        SET "Counter" = "Sessions"."Counter" + 1, "RefreshJti" = {1}, "RotatedAt" = {2},
            "ExpiresAt" = CASE WHEN {3} < "Sessions"."AbsoluteExpiresAt" THEN {3} ELSE "Sessions"."AbsoluteExpiresAt" END
        WHERE "Sessions"."Id" = {4} AND "Sessions"."Counter" = {5} AND "Sessions"."EndedAt" IS NULL AND "Sessions"."ExpiresAt" > {2}
            AND EXISTS (SELECT 1 FROM "Users" u WHERE u."Id" = "Sessions"."UserId" AND u."IsActive")
        RETURNING {{Columns}}
        """;

    private const string CreateSql = """
        INSERT INTO "Sessions" ("Id", "UserId", "Counter", "RefreshJti", "CreatedAt", "RotatedAt", "ExpiresAt", "AbsoluteExpiresAt", "UserAgent", "Address", "Scopes")
        SELECT {0}, u."Id", 0, {2}, {3}, {3}, {4}, {5}, NULLIF({6}, ''), NULLIF({7}, ''), NULLIF({9}, '')
        FROM "Users" u WHERE u."Id" = {1} AND u."IsActive" AND u."CredentialVersion" = {8}
        """;

    // Which claims are read is configured; their column comes last.
    private readonly string _rotateSql = RotateSql + claims.Column;

    private readonly string _findSql = $$"""SELECT {{Columns}} {{claims.Column}} FROM "Sessions" WHERE "Sessions"."Id" = {1}""";

    public static string NewId() => RandomNumberGenerator.GetHexString(32, lowercase: true);

    /// <summary>Inserts the session if the user is still active and has the password that was checked.</summary>
    /// <param name="session">The new row.</param>
    /// <param name="credentialVersion">The user's at the time of the check.</param>
    /// <returns>Null when the user was disabled or changed the password meanwhile.</returns>
    public async Task<RotatedSession?> CreateAsync(Session session, int credentialVersion, CancellationToken cancellationToken)
    {
        // The lock makes a reset wait for this row or this statement for the reset; SQLite has one writer anyway.
        var sql = db.Database.IsNpgsql() ? CreateSql + " FOR SHARE" : CreateSql;
        await using var own = db.Database.CurrentTransaction is null ? await db.Database.BeginTransactionAsync(cancellationToken) : null;
        var inserted = await db.Database.ExecuteSqlRawAsync(
            sql,
            [
                session.Id, session.UserId, session.RefreshJti, session.CreatedAt, session.ExpiresAt, session.AbsoluteExpiresAt,
                session.UserAgent ?? "", session.Address ?? "", credentialVersion, session.Scopes ?? "",
            ],
            cancellationToken);
        if (inserted == 0) return null;
        await audit.SucceededAsync(AuditEvents.SessionStarted, session.Id, cancellationToken: cancellationToken);
        if (own is not null) await own.CommitAsync(cancellationToken);
        return await FindAsync(session.Id, cancellationToken);
    }

    /// <summary>Moves the session one step on if <paramref name="counter"/> is still current, in one compare-and-swap statement.</summary>
    /// <returns>The new state; null when the swap lost.</returns>
    public Task<RotatedSession?> RotateAsync(string id, long counter, long now, long expiresAt, CancellationToken cancellationToken) =>
        OneAsync(db.Database.SqlQueryRaw<RotatedSession>(_rotateSql, RotatedSession.RoleSeparator, NewId(), now, expiresAt, id, counter), cancellationToken);

    public Task<RotatedSession?> FindAsync(string id, CancellationToken cancellationToken) =>
        OneAsync(db.Database.SqlQueryRaw<RotatedSession>(_findSql, RotatedSession.RoleSeparator, id), cancellationToken);

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

    // AsEnumerable semantics: UPDATE ... RETURNING cannot be composed over, so no LINQ operator may touch it.
    private static async Task<RotatedSession?> OneAsync(IQueryable<RotatedSession> query, CancellationToken cancellationToken)
    {
        var rows = await query.ToListAsync(cancellationToken);
        return rows.Count == 0 ? null : rows[0];
    }
}
