using FrontDoor.TokenService.AccessTokens;
using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.SlidingTokens;

/// <summary>
/// simplejwt's sliding tokens, for clients that were written for them: one token is both kinds, so whoever steals it can renew it. Section <c>SlidingTokens</c>.
/// </summary>
internal sealed record SlidingTokenOptions
{
    public const string Section = "SlidingTokens";

    /// <summary>Whether they are issued and accepted. Default false: their endpoints are 404.</summary>
    public bool Enabled { get; init; }

    /// <summary>How long a sliding token is good. Default 5 minutes; from 1 second to 1 hour, like an access token's.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>For how long after sign-in it can be renewed. Default 1 day; at least <see cref="Lifetime"/>.</summary>
    public TimeSpan RefreshLifetime { get; init; } = TimeSpan.FromDays(1);

    /// <returns>How long a token that back ends accept lives at most.</returns>
    public TimeSpan Longest(AccessTokenOptions access) => Enabled && Lifetime > access.Lifetime ? Lifetime : access.Lifetime;
}

internal sealed class SlidingTokenOptionsValidator : IValidateOptions<SlidingTokenOptions>
{
    public ValidateOptionsResult Validate(string? name, SlidingTokenOptions options)
    {
        var faults = new ValidateOptionsResultBuilder();
        if (options.Lifetime < TimeSpan.FromSeconds(1) || options.Lifetime > AccessTokenOptions.LongestLifetime)
            faults.AddError($"SlidingTokens:Lifetime is {options.Lifetime}; it must be from 00:00:01 to 01:00:00");
        if (options.RefreshLifetime < options.Lifetime)
            faults.AddError($"SlidingTokens:RefreshLifetime is {options.RefreshLifetime}; it must not be shorter than Lifetime ({options.Lifetime})");
        return faults.Build();
    }
}
