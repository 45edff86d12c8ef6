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
    /// <c>Always</c> (default): a refresh answers a new refresh token and the old one ends. <c>Off</c>, for clients that never read a new one: it answers an
    /// access token alone, and the refresh token stays good until its <c>exp</c> or the end of its session; a stolen one is not noticed.
    /// </summary>
    public string Rotation { get; init; } = Always;

    /// <summary>
    /// For this long after a rotation the previous token is answered with the same successor (an answer was lost, two tabs refreshed
    /// at once); later it counts as stolen and ends the session. Default 10 seconds; 0 is strict; at most 1 minute.
    /// </summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(10);

    public const string Always = "Always";
    public const string Off = "Off";

    public bool Rotates => !string.Equals(Rotation, Off, StringComparison.OrdinalIgnoreCase);
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
        if (options.Rotates && !string.Equals(options.Rotation, RefreshTokenOptions.Always, StringComparison.OrdinalIgnoreCase))
            faults.AddError($"RefreshTokens:Rotation is '{options.Rotation}'; legal values are Always and Off");
        if (options.Grace < TimeSpan.Zero || options.Grace > TimeSpan.FromMinutes(1))
            faults.AddError($"RefreshTokens:Grace is {options.Grace}; it must be from 00:00:00 to 00:01:00");
        return faults.Build();
    }
}
