using Microsoft.IdentityModel.Tokens;

namespace FrontDoor.Gateway.Authentication;

/// <summary>
/// The signing keys of one issuer, out of its published set, a file or both: the last good ones stay in use whatever happens to the issuer; an
/// unknown key id causes a fetch inside the request, shared by all who wait and at a bounded rate.
/// </summary>
internal sealed partial class IssuerKeys(IssuerOptions options, KeyDocuments documents, TimeProvider time, ILogger logger)
{
    // A request waits for its keys at most this long (security contract 1.2: unknown kid answered in under 3 s).
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    // While there is no key at all nobody can be let in, so the issuer is asked more often.
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private readonly FileKeys _files = new(options, logger);
    private readonly KeyState _state = new(options, logger);
    private volatile IReadOnlyDictionary<string, JsonWebKey>? _keys;
    private string? _text;
    private string? _lastFault;
    private Task? _fetch;
    private long? _lastDemand;
    private long _fetches;
    private long _failures;
    private volatile IReadOnlyDictionary<string, DateTimeOffset> _since = new Dictionary<string, DateTimeOffset>();

    /// <summary>Whether all sources of keys have been read once.</summary>
    public bool Available => _keys is not null || !options.FetchesKeys;

    /// <summary>Fetches so far, and how many of them failed.</summary>
    public (long All, long Failed) Fetches => (Interlocked.Read(ref _fetches), Interlocked.Read(ref _failures));

    /// <summary>Why the last fetch failed; null when it did not.</summary>
    public string? LastFault => _lastFault;

    /// <summary>The keys that verify at the moment, and since when this gateway has known those that were fetched.</summary>
    public IEnumerable<(JsonWebKey Key, DateTimeOffset? Since)> All =>
        [.. _files.All.Select(k => (k, (DateTimeOffset?)null)), .. (_keys?.Values ?? []).Select(k => (k, _since.TryGetValue(k.Kid, out var since) ? since : (DateTimeOffset?)null))];

    /// <summary>Whether the issuer still stands by this very key.</summary>
    public bool Has(JsonWebKey key) => ReferenceEquals(Find(key.Kid), key);

    /// <param name="kid">Empty for a token that names no key: of a file with public keys, the only one that fits is meant.</param>
    /// <param name="algorithm">The token's.</param>
    /// <returns>The key; null when the issuer does not have it.</returns>
    /// <exception cref="KeysUnavailableException">No set could be fetched yet.</exception>
    public ValueTask<JsonWebKey?> FindAsync(string kid, string algorithm) =>
        Find(kid, algorithm) is { } key ? new(key) : new(FetchAndFindAsync(kid, algorithm));

    /// <summary>Fetches now, or joins the fetch under way. Never throws for what the issuer does.</summary>
    public Task RefreshAsync()
    {
        lock (_gate) return _fetch ??= FetchAsync();
    }

    /// <summary>When the background should fetch next.</summary>
    public TimeSpan NextRefresh => Available ? options.KeyRefresh : Retry;

    /// <summary>Begins with the keys that were fetched for the same issuer under other settings.</summary>
    /// <returns>Whether there are any.</returns>
    public bool TakeOver(IssuerKeys before)
    {
        _since = before._since;
        return (_keys = before._keys) is not null;
    }

    /// <summary>Begins with the keys that were saved before the gateway stopped.</summary>
    public void Restore() => _keys = _state.Load();

    // What this gateway was given goes before what the issuer publishes.
    private JsonWebKey? Find(string kid) => _files.Find(kid) ?? _keys?.GetValueOrDefault(kid);

    private JsonWebKey? Find(string kid, string algorithm) => kid.Length == 0 && options.KeysFile is not null ? _files.FindOnly(algorithm) : Find(kid);

    private async Task<JsonWebKey?> FetchAndFindAsync(string kid, string algorithm)
    {
        await RefreshIfDueAsync();
        return Find(kid, algorithm) ?? (Available ? null : throw new KeysUnavailableException(options.Issuer));
    }

    private Task RefreshIfDueAsync()
    {
        lock (_gate)
        {
            if (_fetch is not null) return _fetch;
            var interval = Available ? options.UnknownKeyInterval : Retry;
            if (_lastDemand is { } last && time.GetElapsedTime(last) < interval) return Task.CompletedTask;
            // Counted from what unknown kids caused: a fetch of the background must not make a new key wait.
            _lastDemand = time.GetTimestamp();
            return _fetch = FetchAsync();
        }
    }

    private async Task FetchAsync()
    {
        // Leaves the lock of the caller before anything else happens.
        await Task.Yield();
        try
        {
            _files.Refresh();
            if (!options.FetchesKeys) return;
            Interlocked.Increment(ref _fetches);
            using var patience = new CancellationTokenSource(Patience, time);
            var text = await documents.FetchAsync(options, patience.Token);
            var keys = KeyDocuments.Read(text);
            if (keys.Count == 0) throw new InvalidOperationException("the key set has no usable key");
            _lastFault = null;
            if (text == _text) return;
            _text = text;
            var (now, before) = (time.GetUtcNow(), _since);
            _since = keys.Keys.ToDictionary(kid => kid, kid => before.GetValueOrDefault(kid, now), StringComparer.Ordinal);
            _keys = Keep(keys);
            _state.Save(_keys);
            Log.Fetched(logger, options.Issuer, string.Join(", ", keys.Keys));
        }
        catch (Exception e)
        {
            // Of whatever kind: nothing that an issuer sends may end the background fetch, and with it the gateway.
            var fault = e is OperationCanceledException ? "no answer in time" : e.Message;
            // Once per fault: the next try comes at once.
            Interlocked.Increment(ref _failures);
            if (fault != _lastFault) Log.Failed(logger, options.Issuer, options.EffectiveMetadataAddress, fault);
            _lastFault = fault;
        }
        finally
        {
            lock (_gate) _fetch = null;
        }
    }

    // A key that stays is the same object: signature providers and validated tokens hang on it.
    private Dictionary<string, JsonWebKey> Keep(IReadOnlyDictionary<string, JsonWebKey> fetched) => fetched.ToDictionary(
        key => key.Key,
        key => _keys?.GetValueOrDefault(key.Key) is { } kept && kept.IsSameAs(key.Value) ? kept : key.Value,
        StringComparer.Ordinal);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Signing keys of {Issuer}: {Kids}")]
        public static partial void Fetched(ILogger logger, string issuer, string kids);

        [LoggerMessage(2, LogLevel.Warning, "Signing keys of {Issuer} could not be fetched from {Address}: {Reason}")]
        public static partial void Failed(ILogger logger, string issuer, string address, string reason);
    }
}

/// <summary>Nothing can be said about a token at the moment: 503, neither yes nor no.</summary>
internal abstract class CannotJudgeException(string message) : Exception(message);

/// <summary>No signing key of the issuer is known yet.</summary>
internal sealed class KeysUnavailableException(string issuer) : CannotJudgeException($"No signing keys of {issuer} yet");

/// <summary>The revocation feed is silent and the issuer is configured to fail closed then.</summary>
internal sealed class RevocationsStaleException(string issuer) : CannotJudgeException($"The revocations of {issuer} are stale");
