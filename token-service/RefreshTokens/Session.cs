namespace FrontDoor.TokenService.RefreshTokens;

/// <summary>
/// One sign-in on one device: one row, whatever the number of refreshes. No token text is stored. Times are Unix milliseconds.
/// </summary>
internal sealed class Session
{
    public const int MaxUserAgent = 256;

    /// <summary>The <c>sid</c> claim: 32 hexadecimal digits.</summary>
    public required string Id { get; init; }

    public required string UserId { get; init; }

    /// <summary>The counter of the one refresh token that is current; each rotation adds 1.</summary>
    public long Counter { get; init; }

    /// <summary>The <c>jti</c> of the current refresh token: 32 hexadecimal digits, random.</summary>
    public required string RefreshJti { get; init; }

    public required long CreatedAt { get; init; }

    /// <summary>When the current refresh token was issued.</summary>
    public required long RotatedAt { get; init; }

    /// <summary>When the current refresh token ends; slides with each rotation up to <see cref="AbsoluteExpiresAt"/>.</summary>
    public required long ExpiresAt { get; init; }

    public required long AbsoluteExpiresAt { get; init; }

    /// <summary>Set once, when the session ends before its time; never cleared.</summary>
    public long? EndedAt { get; init; }

    /// <summary>One of <see cref="SessionEnd"/>'s names.</summary>
    public string? EndReason { get; init; }

    public string? UserAgent { get; init; }

    public string? Address { get; init; }

    /// <summary>What the sign-in asked for, separated by spaces: its tokens have these scopes at most. Null where it asked for nothing in particular.</summary>
    public string? Scopes { get; init; }

    /// <returns>At most <see cref="MaxUserAgent"/> characters, and never half a pair: PostgreSQL has no encoding for one.</returns>
    public static string? CutUserAgent(string? sent) =>
        sent is not { Length: > MaxUserAgent } ? sent
        : char.IsHighSurrogate(sent[MaxUserAgent - 1]) ? sent[..(MaxUserAgent - 1)]
        : sent[..MaxUserAgent];
}

internal enum SessionEnd
{
    SignedOut,
    ReuseDetected,
    UserDisabled,
    PasswordChanged,
    EndedByAdministrator,
    RolesChanged,
    UserDeleted,
}
