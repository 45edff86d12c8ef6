namespace FrontDoor.TokenService.Audit;

/// <summary>What the audit log knows. The names are part of the contract: people filter by them.</summary>
internal static class AuditEvents
{
    public const string SessionStarted = "session.started";
    public const string SessionEnded = "session.ended";
    public const string ClientAdded = "client.added";
    public const string ClientRemoved = "client.removed";
    public const string ClientSecretRotated = "client.secret_rotated";
    public const string ClientAuthenticationFailed = "client.authentication_failed";
}
