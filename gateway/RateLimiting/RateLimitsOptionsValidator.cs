using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace FrontDoor.Gateway.RateLimiting;

internal sealed partial class RateLimitsOptionsValidator : IValidateOptions<RateLimitsOptions>
{
    private const int Most = 1_000_000;

    public ValidateOptionsResult Validate(string? name, RateLimitsOptions options)
    {
        var faults = new ValidateOptionsResultBuilder();
        foreach (var (key, limit) in options)
        {
            var path = $"RateLimits:{key}";
            // The name becomes part of a Redis key and of a header.
            if (!PlainName().IsMatch(key)) faults.AddError($"{path} has a name with other than letters, digits, hyphens and underscores");
            if (LimitBy.Parse(limit.By) is null) faults.AddError($"{path}:By is {limit.By}; legal values are Address, Route, User and Claim:<name>");
            // The binder takes any number for an enumeration.
            if (!Enum.IsDefined(limit.Kind)) faults.AddError($"{path}:Kind is {limit.Kind}; legal values are {string.Join(", ", Enum.GetNames<LimitKind>())}");
            else CheckKind(path, limit, faults);
            if (limit.Permits is < 1 or > Most) faults.AddError($"{path}:Permits is {limit.Permits}; it must be from 1 to {Most}");
            if (limit.Window < TimeSpan.FromSeconds(1) || limit.Window > TimeSpan.FromDays(1))
                faults.AddError($"{path}:Window is {limit.Window}; it must be from 00:00:01 to 1.00:00:00");
            if (limit.Segments is < 2 or > 60) faults.AddError($"{path}:Segments is {limit.Segments}; it must be from 2 to 60");
            if (limit.Burst is < 1 or > Most) faults.AddError($"{path}:Burst is {limit.Burst}; it must be from 1 to {Most}");
            if (limit.Queue is < 0 or > 10_000) faults.AddError($"{path}:Queue is {limit.Queue}; it must be from 0 to 10000");
        }

        return faults.Build();
    }

    private static void CheckKind(string path, RateLimitOptions limit, ValidateOptionsResultBuilder faults)
    {
        (string Setting, bool IsSet, bool Fits)[] settings =
        [
            (nameof(limit.Window), limit.Window is not null, limit.Kind != LimitKind.Concurrency),
            (nameof(limit.Segments), limit.Segments is not null, limit.Kind == LimitKind.SlidingWindow),
            (nameof(limit.Burst), limit.Burst is not null, limit.Kind == LimitKind.TokenBucket),
            (nameof(limit.Queue), limit.Queue is not null, limit.Kind == LimitKind.Concurrency),
        ];
        foreach (var (setting, _, _) in settings.Where(s => s is { IsSet: true, Fits: false })) faults.AddError($"{path}:{setting} means nothing with Kind {limit.Kind}");
    }

    [GeneratedRegex("^[A-Za-z0-9_-]+$")]
    private static partial Regex PlainName();
}
