using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.Audit;

/// <summary>Section <c>Audit</c>.</summary>
internal sealed record AuditOptions
{
    public const string Section = "Audit";

    /// <summary>How long a row is kept. Default 90 days; from 1 day to 3650 days.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(90);

    /// <summary>
    /// How many failures of one event become rows in an hour, in this process; of those past it the next hour's first row tells the number.
    /// Default 1,000; from 10 to 100,000.
    /// </summary>
    public int FailuresPerHour { get; init; } = 1000;
}

internal sealed class AuditOptionsValidator : IValidateOptions<AuditOptions>
{
    public ValidateOptionsResult Validate(string? name, AuditOptions options)
    {
        var faults = new ValidateOptionsResultBuilder();
        if (options.Retention < TimeSpan.FromDays(1) || options.Retention > TimeSpan.FromDays(3650))
            faults.AddError($"Audit:Retention is {options.Retention}; it must be from 1.00:00:00 to 3650.00:00:00");
        if (options.FailuresPerHour is < 10 or > 100_000) faults.AddError($"Audit:FailuresPerHour is {options.FailuresPerHour}; it must be from 10 to 100000");
        return faults.Build();
    }
}
