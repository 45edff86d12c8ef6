namespace FrontDoor.TokenService.Audit;

/// <summary>Who acts in this scope, and from where: one request or one command.</summary>
internal sealed class AuditSource
{
    /// <summary>The actor of everything typed at a terminal.</summary>
    public const string Command = "command";

    /// <summary>The actor of what the service does by itself, such as a scheduled rotation.</summary>
    public const string Service = "service";

    /// <summary>The id of the signed-in user or client, or one of the words above; null before anybody is known.</summary>
    public string? Actor { get; set; }

    public string? Address { get; set; }
}
