using System.Diagnostics.Metrics;
using FrontDoor.Gateway.Authentication;
using StackExchange.Redis;

namespace FrontDoor.Gateway.RateLimiting;

/// <summary>Counts in Redis, so that all gateways see one number. Says when Redis goes and comes; whoever asks meanwhile counts alone.</summary>
internal sealed partial class SharedCounters(RedisOptions options, IMeterFactory meters, ILogger<SharedCounters> logger) : IAsyncDisposable
{
    public const string MeterName = "FrontDoor.Gateway.RateLimiting";

    private readonly Lazy<Task<IConnectionMultiplexer>>? _redis = options.Configuration is { Length: > 0 } configuration ? new(() => ConnectAsync(configuration, options)) : null;
    private readonly Counter<long> _alone = meters.Create(MeterName).CreateCounter<long>(
        "gateway.rate_limits.local", "{request}", "Requests that this gateway counted for itself because Redis could not");

    private int _away;

    /// <summary>Whether gateways share counts at all.</summary>
    public bool Configured => _redis is not null;

    /// <summary>Whether Redis answers at the moment.</summary>
    public bool Connected => _redis is { IsValueCreated: true, Value: { IsCompletedSuccessfully: true, Result.IsConnected: true } };

    /// <summary>Starts connecting, so that the first request need not.</summary>
    public void Prepare() => _ = _redis?.Value;

    /// <summary>Counts a request by one of <see cref="SharedScript"/>.</summary>
    /// <returns>Whether it may pass, how many more may, and when that changes; null when Redis cannot say.</returns>
    public async ValueTask<(bool Allowed, long Remaining, TimeSpan Change)?> CountAsync(string script, string key, long[] arguments)
    {
        if (!Connected) return Away("not connected");
        try
        {
            var redis = await _redis!.Value;
            var answer = await redis.GetDatabase().ScriptEvaluateAsync(script, [key], [.. arguments]);
            SetAway(false, "");
            return ((long)answer[0] == 1, (long)answer[1], TimeSpan.FromMilliseconds((long)answer[2]));
        }
        catch (Exception e) when (e is RedisException or TimeoutException or ObjectDisposedException)
        {
            return Away(e.Message);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_redis is { IsValueCreated: true }) await (await _redis.Value).DisposeAsync();
    }

    private static async Task<IConnectionMultiplexer> ConnectAsync(string configuration, RedisOptions options)
    {
        var redis = ConfigurationOptions.Parse(configuration);
        if (options.PasswordFile is { } file) redis.Password = PrivateFile.Read(file).TrimEnd('\r', '\n');
        redis.AbortOnConnectFail = false; // the gateway starts without it and finds it later
        // While Redis is away no request waits longer (security contract section 5).
        redis.AsyncTimeout = (int)options.Timeout.TotalMilliseconds;
        redis.BacklogPolicy = BacklogPolicy.FailFast;
        return await ConnectionMultiplexer.ConnectAsync(redis);
    }

    private (bool, long, TimeSpan)? Away(string reason)
    {
        _alone.Add(1);
        SetAway(true, reason);
        return null;
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
