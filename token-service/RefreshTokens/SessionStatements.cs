using System.Data.Common;
using FrontDoor.TokenService.AccessTokens;
using FrontDoor.TokenService.Storage;

namespace FrontDoor.TokenService.RefreshTokens;

/// <param name="RotatedAt">When its current tokens were issued, in Unix milliseconds.</param>
internal sealed record EndedSession(string Id, long RotatedAt);

/// <summary>The statements that yield a session with its user, in SQL that SQLite and PostgreSQL both take.</summary>
internal sealed class SessionStatements
{
    // SQLite's RETURNING sees no alias of the updated table, hence the long names.
    // The user, roles and active flag are read in the statement that rotates: no answer mixes two states.
    private const string Columns = $"""
        "Sessions"."Id", "Sessions"."Counter", "Sessions"."RefreshJti", "Sessions"."RotatedAt", "Sessions"."ExpiresAt", "Sessions"."EndedAt", "Sessions"."UserId",
        (SELECT COALESCE(NULLIF(u."DisplayName", ''), u."UserName") FROM "Users" u WHERE u."Id" = "Sessions"."UserId") AS "Name",
        (SELECT u."IsActive" FROM "Users" u WHERE u."Id" = "Sessions"."UserId") AS "IsActive",
        (SELECT string_agg(r."Name", '{RotatedSession.RoleSeparator}' ORDER BY r."Name")
            FROM "UserRoles" ur JOIN "Roles" r ON r."Id" = ur."RoleId" WHERE ur."UserId" = "Sessions"."UserId") AS "Roles",
        "Sessions"."Scopes",
        """;

    private const string RotateSql = """
        UPDATE "Sessions"
        SET "Counter" = "Sessions"."Counter" + 1, "RefreshJti" = @jti, "RotatedAt" = @now,
            "ExpiresAt" = CASE WHEN @expires < "Sessions"."AbsoluteExpiresAt" THEN @expires ELSE "Sessions"."AbsoluteExpiresAt" END
        WHERE "Sessions"."Id" = @id AND "Sessions"."Counter" = @counter AND "Sessions"."EndedAt" IS NULL AND "Sessions"."ExpiresAt" > @now
            AND (SELECT u."IsActive" FROM "Users" u WHERE u."Id" = "Sessions"."UserId")
        """;

    // A sub-select asks for the user and not a join: what is joined is the sessions to be found by their ids, in the arrays' order, and nothing else.
    private const string RotateSetSql = """
        UPDATE "Sessions"
        SET "Counter" = "Sessions"."Counter" + 1, "RefreshJti" = n.jti, "RotatedAt" = n.now,
            "ExpiresAt" = CASE WHEN n.expires < "Sessions"."AbsoluteExpiresAt" THEN n.expires ELSE "Sessions"."AbsoluteExpiresAt" END
        FROM unnest($1, $2, $3, $4, $5) AS n(id, counter, jti, now, expires)
        WHERE "Sessions"."Id" = n.id AND "Sessions"."Counter" = n.counter AND "Sessions"."EndedAt" IS NULL AND "Sessions"."ExpiresAt" > n.now
            AND (SELECT u."IsActive" FROM "Users" u WHERE u."Id" = "Sessions"."UserId")
        """;

    private const string CreateSql = """
        INSERT INTO "Sessions" ("Id", "UserId", "Counter", "RefreshJti", "CreatedAt", "RotatedAt", "ExpiresAt", "AbsoluteExpiresAt", "UserAgent", "Address", "Scopes")
        SELECT @id, u."Id", 0, @jti, @now, @now, @expires, @absolute, NULLIF(@agent, ''), NULLIF(@address, ''), NULLIF(@scopes, '')
        FROM "Users" u WHERE u."Id" = @user AND u."IsActive" AND u."CredentialVersion" = @version
        """;

    // In one order everywhere: two that end the same sessions wait for each other and never in a circle. Of those that another transaction has ended
    // meanwhile none is left after the wait.
    private const string EndSql = """
        UPDATE "Sessions" SET "EndedAt" = @now, "EndReason" = @reason
        WHERE "Sessions"."EndedAt" IS NULL AND "Sessions"."Id" IN (SELECT s."Id" FROM "Sessions" s WHERE s."EndedAt" IS NULL
        """;

    private readonly string _columns;
    private readonly string _rotateSql;
    private readonly string _rotateSetSql;
    private readonly string _findSql;

    public SessionStatements(CustomClaims claims)
    {
        // Which claims are read is configured; their column comes last. Made once: a statement is prepared by its text.
        _columns = $"{Columns} {claims.Column}";
        _rotateSql = $"{RotateSql} RETURNING {_columns}";
        _rotateSetSql = $"{RotateSetSql} RETURNING {_columns}";
        _findSql = $"""SELECT {_columns} FROM "Sessions" WHERE "Sessions"."Id" = @id""";
    }

    /// <summary>Moves the session one step on if <paramref name="counter"/> is still current: one compare-and-swap.</summary>
    public Statement<RotatedSession> Rotate(string id, long counter, string jti, long now, long expiresAt) =>
        new(_rotateSql, Read, ("@id", id), ("@counter", counter), ("@jti", jti), ("@now", now), ("@expires", expiresAt)) { SetSql = _rotateSetSql };

    /// <summary>Inserts the session if the user is still active and has the password that was checked.</summary>
    /// <param name="credentialVersion">The user's at the time of the check.</param>
    /// <param name="lockUser">Makes a reset wait for this row or this statement for the reset. SQLite, which has one writer anyway, does not know such locks.</param>
    public Statement<RotatedSession> Create(Session session, int credentialVersion, bool lockUser) => new(
        $"{CreateSql} {(lockUser ? "FOR SHARE" : "")} RETURNING {_columns}",
        Read,
        ("@id", session.Id), ("@user", session.UserId), ("@jti", session.RefreshJti), ("@now", session.CreatedAt), ("@expires", session.ExpiresAt),
        ("@absolute", session.AbsoluteExpiresAt), ("@agent", session.UserAgent ?? ""), ("@address", session.Address ?? ""), ("@scopes", session.Scopes ?? ""),
        ("@version", credentialVersion));

    /// <summary>Ends all that are meant and alive, and yields them.</summary>
    /// <param name="lockRows">See <see cref="Create"/>.</param>
    public static Statement<EndedSession> End(SessionFilter which, SessionEnd reason, long now, bool lockRows) => new(
        $"""{EndSql}{which.Sql} ORDER BY s."Id"{(lockRows ? " FOR UPDATE" : "")}) RETURNING "Sessions"."Id", "Sessions"."RotatedAt" """,
        row => new(row.GetString(0), row.GetInt64(1)),
        [("@now", now), ("@reason", reason.ToString()), .. which.Parameters]);

    public Statement<RotatedSession> Find(string id) => new(_findSql, Read, ("@id", id));

    // In the order of the columns.
    private static RotatedSession Read(DbDataReader row) => new(
        row.GetString(0), row.GetInt64(1), row.GetString(2), row.GetInt64(3), row.GetInt64(4), row.IsDBNull(5) ? null : row.GetInt64(5), row.GetString(6),
        row.GetString(7), row.GetBoolean(8), Text(row, 9), Text(row, 10), Text(row, 11));

    private static string? Text(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
