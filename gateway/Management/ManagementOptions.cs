using Microsoft.Extensions.Options;

namespace FrontDoor.Gateway.Management;

/// <summary>How the gateway goes out of service. Section <c>Management</c>.</summary>
internal sealed record ManagementOptions
{
    public const string Section = "Management";

    /// <summary>
    /// How long after SIGTERM the gateway still accepts connections, while <c>/health/ready</c> answers 503: as long as whoever sends requests here may take to notice.
    /// Default 0, for a gateway that nobody asks for its readiness; up to 5 minutes.
    /// </summary>
    public TimeSpan DrainDelay { get; init; }

    /// <summary>How long requests that are under way then may take; what is left is broken off. Default 30 s; from 0 to 1 hour.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(30);
}

internal sealed class ManagementOptionsValidator : IValidateOptions<ManagementOptions>
{
    public ValidateOptionsResult Validate(string? name, ManagementOptions options)
    {
        var faults = new ValidateOptionsResultBuilder();
        if (options.DrainDelay < TimeSpan.Zero || options.DrainDelay > TimeSpan.FromMinutes(5))
            faults.AddError($"Management:DrainDelay is {options.DrainDelay}; it must be from 00:00:00 to 00:05:00");
        if (options.DrainTimeout < TimeSpan.Zero || options.DrainTimeout > TimeSpan.FromHours(1))
            faults.AddError($"Management:DrainTimeout is {options.DrainTimeout}; it must be from 00:00:00 to 01:00:00");
        return faults.Build();
    }
}
