using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace FrontDoor.Gateway.RateLimiting;

/// <summary>
/// How many requests one client address may make. Section <c>RateLimits</c>, one entry each under the name that a route's
/// <c>RateLimiterPolicy</c> uses. An IPv6 client counts by its /64 network, which is what one customer usually gets.
/// </summary>
internal sealed record RateLimitOptions
{
    public const string Section = "RateLimits";

    /// <summary>Requests per <see cref="Window"/>. Required; at least 1.</summary>
    public int Permits { get; init; }

    /// <summary>Fixed window that starts with a client's first request. Default 1 minute; from 1 second to 1 day.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(1);
}

/// <summary>All limits by name.</summary>
internal sealed class RateLimitsOptions : Dictionary<string, RateLimitOptions>;

/// <summary>Where several gateways share counts. Section <c>Redis</c>.</summary>
internal sealed record RedisOptions
{
    public const string Section = "Redis";

    /// <summary>StackExchange.Redis configuration, e.g. <c>redis:6379</c>. Default null: each gateway counts for itself.</summary>
    public string? Configuration { get; init; }
}

internal sealed partial class RateLimitsOptionsValidator : IValidateOptions<RateLimitsOptions>
{
    public ValidateOptionsResult Validate(string? name, RateLimitsOptions options)
    {
        var faults = new ValidateOptionsResultBuilder();
        foreach (var (key, limit) in options)
        {
            // The name becomes part of a Redis key.
            if (!PlainName().IsMatch(key)) faults.AddError($"RateLimits:{key} has a name with other than letters, digits, hyphens and underscores");
            if (limit.Permits < 1) faults.AddError($"RateLimits:{key}:Permits is {limit.Permits}; it must be at least 1");
            if (limit.Window < TimeSpan.FromSeconds(1) || limit.Window > TimeSpan.FromDays(1))
                faults.AddError($"RateLimits:{key}:Window is {limit.Window}; it must be from 00:00:01 to 1.00:00:00");
        }

        return faults.Build();
    }

    [GeneratedRegex("^[A-Za-z0-9_-]+$")]
    private static partial Regex PlainName();
}
