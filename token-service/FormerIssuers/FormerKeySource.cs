namespace FrontDoor.TokenService.FormerIssuers;

/// <summary>
/// The keys of one former issuer: of a file, read at start; or fetched, when a token needs them. The last good set stays in use whatever becomes of the issuer, which is
/// asked at a bounded rate, however many tokens come.
/// </summary>
internal sealed partial class FormerKeySource(string name, FormerIssuerOptions issuer, FormerKeyDocuments documents, TimeProvider time, ILogger logger)
{
    // Between two fetches, whatever tokens ask for; shorter while there is no key at all.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FirstInterval = TimeSpan.FromSeconds(1);

    // A key that the issuer withdrew counts at most so long while tokens of it come.
    private static readonly TimeSpan LongestAge = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private volatile FormerKeys? _keys = issuer.FetchesKeys ? null : FormerKeys.Read(issuer);
    private Task _fetch = Task.CompletedTask;
    private long? _lastFetch;
    private long _lastGood;

    /// <param name="kid">Of the token; null where it has none.</param>
    /// <exception cref="FormerKeysUnavailableException">No set could be fetched yet.</exception>
    public async Task<FormerKeys> ForAsync(string? kid)
    {
        if (issuer.FetchesKeys)
        {
            if (_keys?.For(kid).Any() != true) await FetchIfDueAsync();
            else if (time.GetElapsedTime(Interlocked.Read(ref _lastGood)) >= LongestAge) _ = FetchIfDueAsync(); // nobody waits for what is only to be renewed
        }

        return _keys ?? throw new FormerKeysUnavailableException(name);
    }

    private Task FetchIfDueAsync()
    {
        lock (_gate)
        {
            if (!_fetch.IsCompleted) return _fetch;
            if (_lastFetch is { } last && time.GetElapsedTime(last) < (_keys is null ? FirstInterval : Interval)) return Task.CompletedTask;
            _lastFetch = time.GetTimestamp();
            return _fetch = FetchAsync();
        }
    }

    private async Task FetchAsync()
    {
        await Task.Yield(); // leaves the lock
        try
        {
            var fetched = FormerKeys.OfSet(await documents.FetchAsync(issuer, CancellationToken.None), "the answer");
            Interlocked.Exchange(ref _lastGood, time.GetTimestamp());
            _keys = fetched;
            Log.Fetched(logger, name, fetched.All.Count);
        }
        catch (Exception e)
        {
            // Of whatever kind: what a former issuer answers is no fault of the request that asked.
            Log.Failed(logger, name, issuer.MetadataAddress ?? issuer.JwksAddress!, e is OperationCanceledException ? "no answer in time" : e.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "Fetched {Count} key(s) of former issuer {Issuer}")]
        public static partial void Fetched(ILogger logger, string issuer, int count);

        [LoggerMessage(2, LogLevel.Warning, "The keys of former issuer {Issuer} could not be fetched from {Address}: {Reason}. Those known before stay in use")]
        public static partial void Failed(ILogger logger, string issuer, string address, string reason);
    }
}

/// <summary>No key of a former issuer is known yet: 503 with Retry-After, neither yes nor no.</summary>
internal sealed class FormerKeysUnavailableException(string issuer) : Exception($"No keys of former issuer {issuer} yet");
