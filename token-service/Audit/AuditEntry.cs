namespace FrontDoor.TokenService.Audit;

/// <summary>One row of the audit log: who did what to whom, when, from where, and how it ended. Never a token, password or key.</summary>
internal sealed class AuditEntry
{
    public const int MaxText = 256;

    /// <summary>Counts up; the order of the log.</summary>
    public long Id { get; init; }

    /// <summary>Unix milliseconds.</summary>
    public required long At { get; init; }

    /// <summary>What, in the form <c>session.started</c>.</summary>
    public required string Event { get; init; }

    /// <summary><c>success</c> or <c>failure</c>.</summary>
    public required string Outcome { get; init; }

    /// <summary>Who: a user's or client's id, or the word <c>command</c>, or <c>service</c>; null where nobody is known.</summary>
    public string? Actor { get; init; }

    /// <summary>Whom or what it was done to: the id of a user, session, client or key.</summary>
    public string? Subject { get; init; }

    /// <summary>The client's address.</summary>
    public string? Address { get; init; }

    /// <summary>What else a reader needs, such as a reason.</summary>
    public string? Detail { get; init; }
}
