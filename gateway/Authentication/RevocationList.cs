namespace FrontDoor.Gateway.Authentication;

/// <summary>One entry of a revocation feed; <c>Expires</c> in Unix seconds, after which no token that it covers lives.</summary>
internal sealed record RevocationEntry(long Id, string Kind, string Subject, long Expires);

/// <summary>What one issuer has revoked. Read by every request without a lock; changed by one follower.</summary>
internal sealed class RevocationList(TimeProvider time)
{
    private const string Session = "session";
    private const string Key = "key";

    // By kind and subject in one text: a session and a key of the same name are not each other.
    private volatile Dictionary<string, long> _entries = new(StringComparer.Ordinal);
    private long _lastHeard;
    private long _lastId = -1;

    /// <summary>The newest entry applied; -1 before the first.</summary>
    public long LastId => Interlocked.Read(ref _lastId);

    /// <summary>All entries (kind, colon, subject) and when each may be forgotten, in Unix seconds.</summary>
    public IReadOnlyDictionary<string, long> Entries => _entries;

    /// <summary>The name under which a session is listed; null for none.</summary>
    public static string? NameOfSession(string? session) => session is null ? null : $"{Session}:{session}";

    /// <summary>The name under which a key is listed.</summary>
    public static string NameOfKey(string kid) => $"{Key}:{kid}";

    /// <summary>Whether a token of this session, signed by this key, is no longer stood by. Takes names made once per token.</summary>
    public bool Revokes(string? sessionName, string keyName)
    {
        var entries = _entries;
        return entries.Count > 0 && ((sessionName is not null && entries.ContainsKey(sessionName)) || entries.ContainsKey(keyName));
    }

    /// <summary>Whether the feed was heard within this time.</summary>
    public bool HeardWithin(TimeSpan span) => Interlocked.Read(ref _lastHeard) is not 0 and var heard && time.GetElapsedTime(heard) <= span;

    public void Hear() => Interlocked.Exchange(ref _lastHeard, time.GetTimestamp());

    /// <summary>Takes over what was saved.</summary>
    public void Restore(IReadOnlyDictionary<string, long> entries, long id) => Swap(new(entries, StringComparer.Ordinal), id);

    /// <summary>
    /// Adds entries, a snapshot's as well as a delta's: nothing revoked is ever taken back, so an entry that a snapshot of a lagging node lacks
    /// stays until its time.
    /// </summary>
    public void Add(IReadOnlyCollection<RevocationEntry> entries, long id) => Merge(entries.Count == 0 ? _entries : new(_entries, StringComparer.Ordinal), entries, id);

    private void Merge(Dictionary<string, long> all, IEnumerable<RevocationEntry> entries, long id)
    {
        // A kind of a later version is not for this gateway to judge by.
        foreach (var entry in entries.Where(e => e.Kind is Session or Key)) all[$"{entry.Kind}:{entry.Subject}"] = entry.Expires;
        Swap(all, id);
    }

    // Copied and swapped: readers see one state or the next, never a half of one. Revocations are rare beside requests.
    private void Swap(Dictionary<string, long> all, long id)
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        if (all.Values.Any(expires => expires < now)) all = all.Where(e => e.Value >= now).ToDictionary(StringComparer.Ordinal);
        _entries = all;
        Interlocked.Exchange(ref _lastId, id);
    }
}
