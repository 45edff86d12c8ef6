namespace FrontDoor.TokenService.Keys;

/// <summary>Where a key is in its life.</summary>
internal enum KeyState
{
    /// <summary>Published, not yet signing.</summary>
    Next,

    /// <summary>Signs and verifies.</summary>
    Current,

    /// <summary>Verifies what it signed until the last of it has expired.</summary>
    Previous,

    /// <summary>Covers no living token; its row can go.</summary>
    Gone,

    /// <summary>Withdrawn in an emergency; nothing that it signed counts.</summary>
    Revoked,
}

/// <summary>The rules of key rotation, free of I/O. Times are Unix milliseconds.</summary>
/// <param name="RotateEvery">How long a key signs.</param>
/// <param name="PublishAhead">How long it is published before it signs.</param>
/// <param name="LongestToken">How long a token lives at most after its key has stopped signing.</param>
internal sealed record KeySchedule(long RotateEvery, long PublishAhead, long LongestToken)
{
    /// <summary>How much the clocks of nodes may differ: a minute.</summary>
    public const long ClockDifference = 60_000;

    /// <param name="key">One of them.</param>
    /// <param name="all">All keys of the database.</param>
    /// <param name="now">Now.</param>
    public KeyState StateOf(SigningKey key, IReadOnlyList<SigningKey> all, long now)
    {
        // A secret for good: while its row is there, a file that has it cannot bring it back.
        if (key.RevokedAt is { } revoked) return now - revoked > LongestToken && !key.IsHmac ? KeyState.Gone : KeyState.Revoked;
        if (key.ActivatesAt > now) return KeyState.Next;

        var successor = all.Where(k => k.RevokedAt is null && k.Generation > key.Generation && k.ActivatesAt <= now).MinBy(k => k.Generation);
        if (successor is null) return KeyState.Current;
        return now - successor.ActivatesAt > LongestToken ? KeyState.Gone : KeyState.Previous;
    }

    /// <summary>When a new key has to start signing; null when none has to be made now.</summary>
    /// <param name="all">All keys of the database.</param>
    /// <param name="algorithm">The configured algorithm; another one than the newest key's asks for a new key.</param>
    /// <param name="now">Now.</param>
    public long? NewKeyActivatesAt(IReadOnlyList<SigningKey> all, string algorithm, long now)
    {
        var newest = all.Where(k => k.RevokedAt is null).MaxBy(k => k.Generation);
        if (newest is null) return now; // nothing else can sign
        if (newest.ActivatesAt > now) return null; // one is on its way

        if (newest.Algorithm != algorithm) return now + PublishAhead;

        var due = newest.ActivatesAt + RotateEvery;
        return now >= due - PublishAhead ? Math.Max(due, now + PublishAhead) : null;
    }

    /// <summary>When the secret file's current secret has to start signing; null when it does, or is about to, or has to wait for what is.</summary>
    /// <param name="all">All keys of the database.</param>
    /// <param name="kid">The current secret's.</param>
    /// <param name="now">Now.</param>
    public long? SecretActivatesAt(IReadOnlyList<SigningKey> all, string kid, long now)
    {
        if (all.Any(k => k.Kid == kid && k.RevokedAt is not null)) return null;
        var newest = all.Where(k => k.RevokedAt is null).MaxBy(k => k.Generation);
        if (newest is null) return now;
        return newest.Kid == kid || newest.ActivatesAt > now ? null : now + PublishAhead;
    }
}
