namespace FrontDoor.Gateway.RateLimiting;

/// <summary>
/// One atomic step in Redis for each kind of limit, by the clock of Redis alone. Each gets a key and its numbers, and returns whether the request
/// may pass (1 or 0), how many more may, and in how many milliseconds that changes.
/// </summary>
internal static class SharedScript
{
    /// <returns>The script and its arguments. There is none for <see cref="LimitKind.Concurrency"/>: a gateway that dies would never give its places back.</returns>
    public static (string Script, long[] Arguments) Of(RateLimitOptions limit)
    {
        var window = (long)limit.Length.TotalMilliseconds;
        return limit.Kind switch
        {
            LimitKind.FixedWindow => (FixedWindow, [limit.Permits, window]),
            LimitKind.SlidingWindow => (SlidingWindow, [limit.Permits, window / limit.Parts, limit.Parts]),
            LimitKind.TokenBucket => (TokenBucket, [limit.Permits, window, limit.Size]),
            _ => throw new ArgumentOutOfRangeException(nameof(limit), limit.Kind, "Has no script"),
        };
    }

    // The window starts with its first request.
    private const string FixedWindow = """
        local count = redis.call('INCR', KEYS[1])
        if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
        local permits = tonumber(ARGV[1])
        return { count <= permits and 1 or 0, math.max(permits - count, 0), redis.call('PTTL', KEYS[1]) }
        """;

    // A count for each segment of the clock; those that have left the window are removed.
    private const string SlidingWindow = """
        local permits, length, segments = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        local current = math.floor(now / length)
        local counts = redis.call('HGETALL', KEYS[1])
        local sum, oldest = 0, current
        for i = 1, #counts, 2 do
          local segment = tonumber(counts[i])
          if segment <= current - segments then redis.call('HDEL', KEYS[1], counts[i])
          else
            sum = sum + tonumber(counts[i + 1])
            oldest = math.min(oldest, segment)
          end
        end
        local allowed = sum < permits
        if allowed then
          redis.call('HINCRBY', KEYS[1], string.format('%d', current), 1)
          redis.call('PEXPIRE', KEYS[1], length * (segments + 1))
          sum = sum + 1
        end
        return { allowed and 1 or 0, math.max(permits - sum, 0), (oldest + segments) * length - now }
        """;

    private const string TokenBucket = """
        local permits, window, size = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        local state = redis.call('HMGET', KEYS[1], 'tokens', 'at')
        local tokens = math.min(size, (tonumber(state[1]) or size) + math.max(now - (tonumber(state[2]) or now), 0) * permits / window)
        local allowed = tokens >= 1
        if allowed then tokens = tokens - 1 end
        redis.call('HSET', KEYS[1], 'tokens', string.format('%.17g', tokens), 'at', string.format('%d', now))
        redis.call('PEXPIRE', KEYS[1], math.ceil(size * window / permits) + 1000)
        local missing = allowed and size - tokens or 1 - tokens
        return { allowed and 1 or 0, math.floor(tokens), math.ceil(missing * window / permits) }
        """;
}
