namespace FrontDoor.TokenService.RefreshTokens;

/// <summary>What a validly signed refresh token that did not win the compare-and-swap deserves.</summary>
internal enum RefreshVerdict
{
    /// <summary>No such session, or a counter this session never issued.</summary>
    Unknown,

    /// <summary>The user was deleted, and the session with it.</summary>
    UserGone,

    /// <summary>The session was ended.</summary>
    Ended,

    /// <summary>The session's time is over.</summary>
    Expired,

    /// <summary>The user was made inactive.</summary>
    UserInactive,

    /// <summary>The current token: the swap lost to something that is over now; try again.</summary>
    Current,

    /// <summary>The previous token inside the grace interval: answer with the current successor.</summary>
    Grace,

    /// <summary>The previous token, and the clock was set back since: nobody can say how old it is. It is refused, and the session goes on.</summary>
    Undated,

    /// <summary>A superseded token: somebody holds a copy. The session must end.</summary>
    Reuse,

    /// <summary>The token is good, but the refresh asked for a scope that its session may not have. Nothing was rotated.</summary>
    BeyondScope,
}

/// <summary>The rule of the refresh-token family (RFC 9700 section 4.14.2), free of I/O.</summary>
internal static class RefreshRule
{
    /// <param name="session">The row as it is now; null when there is none.</param>
    /// <param name="presented">The counter in the presented token.</param>
    /// <param name="now">Unix milliseconds.</param>
    /// <param name="graceMilliseconds">How long after a rotation the previous token still gets its successor; 0 is strict.</param>
    public static RefreshVerdict Judge(RotatedSession? session, long presented, long now, long graceMilliseconds) => session switch
    {
        null => RefreshVerdict.Unknown,
        { EndedAt: not null } => RefreshVerdict.Ended,
        _ when presented > session.Counter || presented < 0 => RefreshVerdict.Unknown,
        _ when session.ExpiresAt <= now => RefreshVerdict.Expired,
        { IsActive: false } => RefreshVerdict.UserInactive,
        _ when presented == session.Counter => RefreshVerdict.Current,
        _ when presented == session.Counter - 1 && graceMilliseconds > 0 => JudgePrevious(now - session.RotatedAt, graceMilliseconds),
        _ => RefreshVerdict.Reuse,
    };

    // A clock that was set back makes the age negative: a little, and it has just been rotated; more, and it may be a stolen token of any age or the own client's repeat.
    private static RefreshVerdict JudgePrevious(long age, long grace) =>
        age > grace ? RefreshVerdict.Reuse
        : age < -grace ? RefreshVerdict.Undated
        : RefreshVerdict.Grace;
}
