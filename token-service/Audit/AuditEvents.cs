using System.Reflection;

namespace FrontDoor.TokenService.Audit;

/// <summary>What the audit log knows. The names are part of the contract: people filter by them.</summary>
internal static class AuditEvents
{
    /// <summary>Subject: the session; the detail names the former issuer where a token of it was exchanged. Refreshes are not recorded.</summary>
    public const string SessionStarted = "session.started";

    /// <summary>Subject: the session; the detail is a <see cref="RefreshTokens.SessionEnd"/>.</summary>
    public const string SessionEnded = "session.ended";

    /// <summary>
    /// A token that ended alone. Subject: the client that it was issued to, or the user of a former issuer's refresh token; the detail says which token. A session's tokens
    /// end with it, and tokens that clients get are not recorded.
    /// </summary>
    public const string TokenRevoked = "token.revoked";

    /// <summary>Subject: the user, where there is one; the detail is a <see cref="Users.LoginFailure"/>.</summary>
    public const string LoginFailed = "login.failed";

    public const string UserLocked = "user.locked";
    public const string UserAdded = "user.added";
    public const string UserImported = "user.imported";

    /// <summary>The detail names the fields, without their values.</summary>
    public const string UserChanged = "user.changed";

    public const string UserDisabled = "user.disabled";
    public const string UserEnabled = "user.enabled";
    /// <summary>No name: the log outlives the user.</summary>
    public const string UserDeleted = "user.deleted";

    public const string UserRolesChanged = "user.roles-changed";

    /// <summary>By the user, who knew the old one.</summary>
    public const string PasswordChanged = "password.changed";

    /// <summary>By an administrator.</summary>
    public const string PasswordReset = "password.reset";

    /// <summary>Subject: the new key.</summary>
    public const string KeyRotated = "key.rotated";

    public const string KeyRevoked = "key.revoked";

    public const string ClientAdded = "client.added";
    public const string ClientRemoved = "client.removed";
    public const string ClientSecretRotated = "client.secret-rotated";
    public const string ClientAuthenticationFailed = "client.authentication-failed";

    /// <summary>All of the above, in alphabetical order.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        .. typeof(AuditEvents).GetFields(BindingFlags.Public | BindingFlags.Static).Where(field => field.IsLiteral)
            .Select(field => (string)field.GetRawConstantValue()!).Order(StringComparer.Ordinal),
    ];
}
