using FrontDoor.Gateway.Authentication;
using Microsoft.Extensions.Options;

namespace FrontDoor.Gateway.RateLimiting;

/// <summary>How requests are counted.</summary>
internal enum LimitKind
{
    /// <summary>So many in each window. The default.</summary>
    FixedWindow,

    /// <summary>So many in any window, which moves on by segments.</summary>
    SlidingWindow,

    /// <summary>So many in the long run, with bursts.</summary>
    TokenBucket,

    /// <summary>So many at once.</summary>
    Concurrency,
}

/// <summary>
/// How many requests somebody may make. Section <c>RateLimits</c>, one entry each under the name that a route's <c>RateLimiterPolicy</c> uses; a route
/// may name several, separated by commas, which then all hold. Routes that name the same limit share its counts.
/// </summary>
internal sealed record RateLimitOptions
{
    public const string Section = "RateLimits";

    /// <summary>
    /// Who is counted: <c>Address</c> (an IPv6 client by its /64 network, which is what one customer usually gets), <c>Route</c> (all requests of
    /// the route together), <c>User</c> (issuer and subject of the token) or <c>Claim:name</c> (the values of that claim; all tokens without it
    /// together). The last two count after authorization and are refused on anonymous routes. Default <c>Address</c>.
    /// </summary>
    public string By { get; init; } = "Address";

    /// <summary><c>FixedWindow</c>, <c>SlidingWindow</c>, <c>TokenBucket</c> or <c>Concurrency</c>. Default <c>FixedWindow</c>.</summary>
    public LimitKind Kind { get; init; }

    /// <summary>Requests per <see cref="Window"/>; with <c>Concurrency</c>, at once. Required; from 1 to 1000000.</summary>
    public int Permits { get; init; }

    /// <summary>Default 1 minute; from 1 second to 1 day. A fixed one starts with a client's first request. Not with <c>Concurrency</c>.</summary>
    public TimeSpan? Window { get; init; }

    /// <summary>Parts of a sliding window, after each of which the oldest is forgotten. Default 6; from 2 to 60. Only with <c>SlidingWindow</c>.</summary>
    public int? Segments { get; init; }

    /// <summary>Requests that may be saved up; <see cref="Permits"/> per <see cref="Window"/> come back evenly. Default <see cref="Permits"/>; from 1 to 1000000. Only with <c>TokenBucket</c>.</summary>
    public int? Burst { get; init; }

    /// <summary>How many requests may wait for a place. Default 0; from 0 to 10000. Only with <c>Concurrency</c>, which each gateway counts for itself, with Redis too.</summary>
    public int? Queue { get; init; }

    public TimeSpan Length => Window ?? TimeSpan.FromMinutes(1);

    public int Parts => Segments ?? 6;

    public int Size => Burst ?? Permits;
}

/// <summary>All limits by name.</summary>
internal sealed class RateLimitsOptions : Dictionary<string, RateLimitOptions>;

/// <summary>Where several gateways share counts. Section <c>Redis</c>.</summary>
internal sealed record RedisOptions
{
    public const string Section = "Redis";

    /// <summary>StackExchange.Redis configuration, e.g. <c>redis:6379</c>. Default null: each gateway counts for itself.</summary>
    public string? Configuration { get; init; }

    /// <summary>File with the password of Redis, mode 0600; goes before one in <see cref="Configuration"/>. Default none.</summary>
    public string? PasswordFile { get; init; }

    /// <summary>How long a request waits for Redis; past it this gateway counts for itself. Default 40 ms; from 1 ms to 10 seconds.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMilliseconds(40);
}

internal sealed class RedisOptionsValidator : IValidateOptions<RedisOptions>
{
    public ValidateOptionsResult Validate(string? name, RedisOptions options)
    {
        var faults = new ValidateOptionsResultBuilder();
        if (options.Timeout < TimeSpan.FromMilliseconds(1) || options.Timeout > TimeSpan.FromSeconds(10))
            faults.AddError($"Redis:Timeout is {options.Timeout}; it must be from 00:00:00.001 to 00:00:10");
        if (options.PasswordFile is { } file && PrivateFile.FaultOf(file, PrivateFile.Read) is { } fault) faults.AddError($"Redis:PasswordFile: {fault}");
        return faults.Build();
    }
}
