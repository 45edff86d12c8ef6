namespace FrontDoor.Gateway.Authentication;

/// <summary>One entry of a revocation feed; <c>Expires</c> in Unix seconds, after which no token that it covers lives.</summary>
internal sealed record RevocationEntry(long Id, string Kind, string Subject, long Expires);

/// <summary>What one issuer has revoked. Read by every request without a lock; changed by one follower.</summary>
internal sealed class RevocationList(TimeProvider time)
{
    private const string Session = "session";

    private volatile Dictionary<string, long> _sessions = new(StringComparer.Ordinal);
    private long _lastHeard;
    private long _lastId = -1;

    /// <summary>The newest entry applied; -1 before the first.</summary>
    public long LastId => Interlocked.Read(ref _lastId);

    /// <summary>The revoked sessions and when each entry may be forgotten, in Unix seconds.</summary>
    public IReadOnlyDictionary<string, long> Sessions => _sessions;

    public bool Revokes(string? session) => session is not null && _sessions.ContainsKey(session);

    /// <summary>Whether the feed was heard within this time.</summary>
    public bool HeardWithin(TimeSpan span) => Interlocked.Read(ref _lastHeard) is not 0 and var heard && time.GetElapsedTime(heard) <= span;

    public void Hear() => Interlocked.Exchange(ref _lastHeard, time.GetTimestamp());

    /// <summary>Takes over a whole list.</summary>
    public void Replace(IEnumerable<RevocationEntry> entries, long id) => Set(new(StringComparer.Ordinal), entries, id);

    /// <summary>Adds what came since.</summary>
    public void Add(IReadOnlyCollection<RevocationEntry> entries, long id) => Set(entries.Count == 0 ? _sessions : new(_sessions, StringComparer.Ordinal), entries, id);

    // Copied and swapped: readers see one state or the next, never a half of one. Revocations are rare beside requests.
    private void Set(Dictionary<string, long> sessions, IEnumerable<RevocationEntry> entries, long id)
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        foreach (var entry in entries.Where(e => e.Kind == Session)) sessions[entry.Subject] = entry.Expires;
        foreach (var (session, _) in sessions.Where(s => s.Value < now).ToArray()) sessions.Remove(session);
        _sessions = sessions;
        Interlocked.Exchange(ref _lastId, id);
    }
}
