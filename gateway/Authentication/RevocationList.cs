using Microsoft.IdentityModel.JsonWebTokens;

namespace FrontDoor.Gateway.Authentication;

/// <summary>One entry of a revocation feed; <c>Expires</c> in Unix seconds, after which no token that it covers lives.</summary>
internal sealed record RevocationEntry(long Id, string Kind, string Subject, long Expires);

/// <summary>What one issuer has revoked. Read by every request without a lock; changed by one follower.</summary>
internal sealed class RevocationList(TimeProvider time)
{
    private const string Key = "key";

    // What a kind's subject is compared with. Of clients, client_registration: a removed client's id may be given away again.
    private static readonly (string Kind, string Claim)[] Claims = [("session", "sid"), ("client", "client_registration"), ("token", "jti")];

    // By kind and subject in one text: a session and a key of the same name are not each other.
    private volatile Dictionary<string, long> _entries = new(StringComparer.Ordinal);
    private long _lastHeard;
    private long _lastId = -1;

    /// <summary>The newest entry applied; -1 before the first.</summary>
    public long LastId => Interlocked.Read(ref _lastId);

    /// <summary>All entries (kind, colon, subject) and when each may be forgotten, in Unix seconds.</summary>
    public IReadOnlyDictionary<string, long> Entries => _entries;

    /// <summary>The names under which a token may be listed: its key's, and those of whatever it says of session, client and itself.</summary>
    public static string[] NamesOf(JsonWebToken token, string kid) =>
        [$"{Key}:{kid}", .. Claims.Where(c => token.TryGetPayloadValue<string>(c.Claim, out _)).Select(c => $"{c.Kind}:{token.GetPayloadValue<string>(c.Claim)}")];

    /// <summary>Whether a token of any of these names is no longer stood by. Takes names made once per token.</summary>
    public bool Revokes(string[] names)
    {
        var entries = _entries;
        if (entries.Count == 0) return false;
        foreach (var name in names)
        {
            if (entries.ContainsKey(name)) return true;
        }

        return false;
    }

    /// <summary>Whether the feed was heard within this time.</summary>
    public bool HeardWithin(TimeSpan span) => Interlocked.Read(ref _lastHeard) is not 0 and var heard && time.GetElapsedTime(heard) <= span;

    /// <summary>How long ago the feed was heard last; null before the first time.</summary>
    public TimeSpan? SinceHeard => Interlocked.Read(ref _lastHeard) is not 0 and var heard ? time.GetElapsedTime(heard) : null;

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
        foreach (var entry in entries.Where(e => e.Kind == Key || Claims.Any(c => c.Kind == e.Kind))) all[$"{entry.Kind}:{entry.Subject}"] = entry.Expires;
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
