using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.RefreshTokens;

/// <summary>Section <c>RefreshTokens</c>.</summary>
internal sealed record RefreshTokenOptions
{
    public const string Section = "RefreshTokens";

    /// <summary>Sliding lifetime: a refresh token ends this long after it was issued. Default 24 hours; at least 1 second.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromHours(24);

    /// <summary>A session ends this long after sign-in, however often it was refreshed. Default 30 days; at least <see cref="Lifetime"/>.</summary>
    public TimeSpan AbsoluteLifetime { get; init; } = TimeSpan.FromDays(30);

    /// <summary>
    /// For this long after a rotation the previous token is answered with the same successor (an answer was lost, two tabs refreshed
    /// at once); later it counts as stolen and ends the session. Default 10 seconds; 0 is strict; at most 1 minute.
    /// </summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(10);
}

internal sealed class RefreshTokenOptionsValidator : IValidateOptions<RefreshTokenOptions>
{
    public ValidateOptionsResult Validate(string? name, RefreshTokenOptions options)
    {
        var faults = new ValidateOptionsResultBuilder();
        if (options.Lifetime < TimeSpan.FromSeconds(1))
            faults.AddError($"RefreshTokens:Lifetime is {options.Lifetime}; it must be at least 00:00:01");
        if (options.AbsoluteLifetime < options.Lifetime)
            faults.AddError($"RefreshTokens:AbsoluteLifetime is {options.AbsoluteLifetime}; it must not be shorter than Lifetime ({options.Lifetime})");
        if (options.Grace < TimeSpan.Zero || options.Grace > TimeSpan.FromMinutes(1))
            faults.AddError($"RefreshTokens:Grace is {options.Grace}; it must be from 00:00:00 to 00:01:00");
        return faults.Build();
    }
}
