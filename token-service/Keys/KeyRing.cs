using Microsoft.IdentityModel.Tokens;

namespace FrontDoor.TokenService.Keys;

/// <summary>The keys in use: one signs, all verify, the asymmetric ones are published. Filled before the server listens, then kept level with the database.</summary>
internal sealed class KeyRing(TimeProvider time)
{
    private volatile Snapshot? _snapshot;

    /// <param name="ByActivation">Newest first.</param>
    /// <param name="Keys">All that verify.</param>
    /// <param name="Published">The public halves of those that have one.</param>
    /// <param name="Algorithms">Theirs.</param>
    private sealed record Snapshot(
        IReadOnlyList<(long ActivatesAt, KeyMaterial Key)> ByActivation,
        IReadOnlyList<SecurityKey> Keys,
        IReadOnlyList<PublishedKey> Published,
        IReadOnlyList<string> Algorithms);

    /// <summary>Signs new tokens. Told by the clock at each use, so that all nodes change over at the same moment.</summary>
    public SigningCredentials Current
    {
        get
        {
            var now = time.GetUtcNow().ToUnixTimeMilliseconds();
            var keys = Loaded.ByActivation;
            foreach (var (activatesAt, key) in keys)
            {
                if (activatesAt <= now) return key.Credentials;
            }

            // A clock that stepped back behind the first key: better to sign with it than not at all.
            return keys[^1].Key.Credentials;
        }
    }

    /// <summary>How long the current key has been signing.</summary>
    public TimeSpan SigningFor
    {
        get
        {
            var now = time.GetUtcNow().ToUnixTimeMilliseconds();
            return TimeSpan.FromMilliseconds(Loaded.ByActivation.Where(k => k.ActivatesAt <= now).Select(k => now - k.ActivatesAt).FirstOrDefault());
        }
    }

    /// <summary>How many keys are in each state of those that verify.</summary>
    public IEnumerable<(KeyState State, int Count)> CountByState()
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var keys = Loaded.ByActivation;
        var next = keys.Count(k => k.ActivatesAt > now);
        var current = next < keys.Count ? 1 : 0;
        return [(KeyState.Next, next), (KeyState.Current, current), (KeyState.Previous, keys.Count - next - current)];
    }

    /// <summary>Verify tokens that this service issued.</summary>
    public IReadOnlyList<SecurityKey> Verification => Loaded.Keys;

    /// <summary>The algorithms of the verifying keys.</summary>
    public IReadOnlyList<string> Algorithms => Loaded.Algorithms;

    /// <summary>Public halves only (RFC 7517).</summary>
    public IReadOnlyList<PublishedKey> Published => Loaded.Published;

    private Snapshot Loaded => _snapshot ?? throw new InvalidOperationException("The key ring has not been loaded yet");

    /// <summary>Whether these very keys are what is loaded.</summary>
    public bool Holds(IEnumerable<(long ActivatesAt, int Generation, KeyMaterial Key)> keys) => _snapshot is { } loaded && loaded.ByActivation.SequenceEqual(Sorted(keys));

    /// <summary>The loaded key of this kid, so that it need not be unsealed again.</summary>
    public KeyMaterial? Find(string kid) => _snapshot?.ByActivation.Select(k => k.Key).FirstOrDefault(k => k.Kid == kid);

    /// <param name="keys">At least one.</param>
    public void Load(IEnumerable<(long ActivatesAt, int Generation, KeyMaterial Key)> keys)
    {
        var sorted = Sorted(keys);
        _snapshot = new Snapshot(
            sorted,
            [.. sorted.Select(k => k.Key.Key)],
            [.. sorted.Select(k => k.Key.Published()).OfType<PublishedKey>()],
            [.. sorted.Select(k => k.Key.Algorithm).Distinct()]);
    }

    private static (long ActivatesAt, KeyMaterial Key)[] Sorted(IEnumerable<(long ActivatesAt, int Generation, KeyMaterial Key)> keys) =>
        [.. keys.OrderByDescending(k => k.Generation).Select(k => (k.ActivatesAt, k.Key))];
}
