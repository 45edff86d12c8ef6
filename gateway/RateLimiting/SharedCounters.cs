using StackExchange.Redis;

namespace FrontDoor.Gateway.RateLimiting;

/// <summary>Counts in Redis, so that all gateways see one number. Says when Redis goes and comes; whoever asks meanwhile counts alone.</summary>
internal sealed partial class SharedCounters(RedisOptions options, ILogger<SharedCounters> logger) : IAsyncDisposable
{
    // One atomic step: the count of this window, and the milliseconds it still has. The window starts with its first request.
    private const string CountScript = """
        local count = redis.call('INCR', KEYS[1])
        if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
        return { count, redis.call('PTTL', KEYS[1]) }
        """;

    // While Redis is away no request waits for it longer than this (security contract section 5).
    private const int PatienceMilliseconds = 40;

    private readonly Lazy<Task<IConnectionMultiplexer>>? _redis = options.Configuration is { Length: > 0 } configuration ? new(() => ConnectAsync(configuration)) : null;
    private int _away;

    /// <summary>Whether gateways share counts at all.</summary>
    public bool Configured => _redis is not null;

    /// <summary>Whether Redis answers at the moment.</summary>
    public bool Connected => _redis is { IsValueCreated: true, Value: { IsCompletedSuccessfully: true, Result.IsConnected: true } };

    /// <summary>Starts connecting, so that the first request need not.</summary>
    public void Prepare() => _ = _redis?.Value;

    /// <returns>The count of the current window and what is left of it; null when Redis cannot say.</returns>
    public async ValueTask<(long Count, TimeSpan Left)?> CountAsync(string key, TimeSpan window)
    {
        if (!Connected)
        {
            SetAway(true, "not connected");
            return null;
        }

        try
        {
            var redis = await _redis!.Value;
            var answer = await redis.GetDatabase().ScriptEvaluateAsync(CountScript, [key], [(long)window.TotalMilliseconds]);
            SetAway(false, "");
            return ((long)answer[0], TimeSpan.FromMilliseconds((long)answer[1]));
        }
        catch (Exception e) when (e is RedisException or TimeoutException or ObjectDisposedException)
        {
            SetAway(true, e.Message);
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_redis is { IsValueCreated: true }) await (await _redis.Value).DisposeAsync();
    }

    private static async Task<IConnectionMultiplexer> ConnectAsync(string configuration)
    {
        var redis = ConfigurationOptions.Parse(configuration);
        redis.AbortOnConnectFail = false; // the gateway starts without it and finds it later
        redis.AsyncTimeout = PatienceMilliseconds;
        redis.BacklogPolicy = BacklogPolicy.FailFast;
        return await ConnectionMultiplexer.ConnectAsync(redis);
    }

    private void SetAway(bool away, string reason)
    {
        if (Interlocked.Exchange(ref _away, away ? 1 : 0) == (away ? 1 : 0)) return;
        if (away) Log.Away(logger, reason);
        else Log.Back(logger);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Redis cannot count ({Reason}); rate limits hold per gateway until it can")]
        public static partial void Away(ILogger logger, string reason);

        [LoggerMessage(2, LogLevel.Information, "Redis counts again; rate limits hold across gateways")]
        public static partial void Back(ILogger logger);
    }
}
