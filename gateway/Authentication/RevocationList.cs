using System.Text.Json;

namespace FrontDoor.Gateway.Authentication;

/// <summary>One entry of a revocation feed; <c>Expires</c> in Unix seconds, after which no token that it covers lives.</summary>
internal sealed record RevocationEntry(long Id, string Kind, string Subject, long Expires);

/// <param name="Expires">In Unix seconds.</param>
/// <param name="Heard">When it was heard last, as a timestamp.</param>
internal readonly record struct KnownEntry(long Expires, long Heard);

/// <summary>What an entry revokes.</summary>
internal readonly record struct RevokedName(string Kind, string Subject);

/// <summary>The names under which a token may be listed: its key's, and those of whatever it says of session, client and itself. Null for what it does not say.</summary>
internal readonly record struct RevocableNames(string Key, string? Session, string? Client, string? Token)
{
    // The client by its registration: a removed client's id may be given away again.
    public static RevocableNames Of(JsonElement payload, string kid) => new(kid, Text(payload, "sid"), Text(payload, "client_registration"), Text(payload, "jti"));

    private static string? Text(JsonElement payload, string name) =>
        payload.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

/// <summary>What one issuer has revoked. Read by every request without a lock; changed by one follower.</summary>
internal sealed class RevocationList(TimeProvider time)
{
    private const string Key = "key";
    private const string Session = "session";
    private const string Client = "client";
    private const string Token = "token";

    /// <summary>What this gateway judges by. A token service of a later version may tell others.</summary>
    public static string[] Kinds { get; } = [Key, Session, Client, Token];

    // As long as a token may live at our token service, and the largest clock skew.
    private static readonly TimeSpan LeastKept = TimeSpan.FromMinutes(61);

    // With the kind: a session and a key of the same name are not each other.
    private volatile Dictionary<RevokedName, KnownEntry> _entries = [];
    private long _lastHeard;
    private long _lastId = -1;

    /// <summary>The newest entry applied; -1 before the first.</summary>
    public long LastId => Interlocked.Read(ref _lastId);

    /// <summary>All entries, those included that are over and not forgotten yet.</summary>
    public IReadOnlyDictionary<RevokedName, KnownEntry> Entries => _entries;

    /// <summary>Whether a token of any of these names is no longer stood by.</summary>
    public bool Revokes(in RevocableNames names)
    {
        var entries = _entries;
        return entries.Count > 0
            && (entries.ContainsKey(new(Key, names.Key)) || Has(entries, Session, names.Session) || Has(entries, Client, names.Client) || Has(entries, Token, names.Token));
    }

    /// <summary>Whether it is of one of <see cref="Kinds"/>.</summary>
    public static bool Judges(RevocationEntry entry) => Kinds.Contains(entry.Kind);

    private static bool Has(Dictionary<RevokedName, KnownEntry> entries, string kind, string? subject) => subject is not null && entries.ContainsKey(new(kind, subject));

    /// <summary>Whether the feed was heard within this time.</summary>
    public bool HeardWithin(TimeSpan span) => Interlocked.Read(ref _lastHeard) is not 0 and var heard && time.GetElapsedTime(heard) <= span;

    /// <summary>How long ago the feed was heard last; null before the first time.</summary>
    public TimeSpan? SinceHeard => Interlocked.Read(ref _lastHeard) is not 0 and var heard ? time.GetElapsedTime(heard) : null;

    public void Hear() => Interlocked.Exchange(ref _lastHeard, time.GetTimestamp());

    /// <summary>Takes over what was saved.</summary>
    public void Restore(IEnumerable<KeyValuePair<RevokedName, long>> entries, long id) => Swap(entries.ToDictionary(e => e.Key, e => new KnownEntry(e.Value, time.GetTimestamp())), id);

    /// <summary>
    /// Adds entries, a snapshot's as well as a delta's: nothing revoked is ever taken back, so an entry that a snapshot of a lagging node lacks
    /// stays until its time.
    /// </summary>
    public void Add(IReadOnlyCollection<RevocationEntry> entries, long id) => Merge(entries.Count == 0 ? _entries : new(_entries), entries, id);

    private void Merge(Dictionary<RevokedName, KnownEntry> all, IEnumerable<RevocationEntry> entries, long id)
    {
        foreach (var entry in entries.Where(Judges)) all[new(entry.Kind, entry.Subject)] = new(entry.Expires, time.GetTimestamp());
        Swap(all, id);
    }

    // Copied and swapped: readers see one state or the next, never a half of one. Revocations are rare beside requests.
    private void Swap(Dictionary<RevokedName, KnownEntry> all, long id)
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        if (all.Values.Any(e => MayGo(e, now))) all = all.Where(e => !MayGo(e.Value, now)).ToDictionary();
        _entries = all;
        Interlocked.Exchange(ref _lastId, id);
    }

    // By the time that passes as well: a clock that is ahead for a while forgets nothing that tokens need once it is set right.
    private bool MayGo(KnownEntry entry, long now) => entry.Expires < now && time.GetElapsedTime(entry.Heard) >= LeastKept;
}
