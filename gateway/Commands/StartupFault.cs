using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace FrontDoor.Gateway.Commands;

/// <summary>Reasons not to start that their reader can mend: shown as one line each, without a stack trace.</summary>
internal sealed class StartupFaultException(params string[] faults) : Exception(string.Join("; ", faults))
{
    public IReadOnlyList<string> Faults => faults;
}

/// <summary>Turns what stops a start into one clear line per fault and exit code 1.</summary>
internal static partial class StartupFault
{
    // The configuration binder's words for a misspelt setting (StrictBinding).
    [GeneratedRegex(@"^'ErrorOnUnknownConfiguration' .* instance of (?:\w+\.)*(?<type>\w+): (?<names>.+)$")]
    private static partial Regex UnknownSetting();

    public static async Task<int> ReportAsync(Func<Task> run)
    {
        try
        {
            await run();
            return 0;
        }
        catch (Exception e)
        {
            foreach (var line in Lines(e)) await Console.Error.WriteLineAsync($"gateway: {line}");
            return 1;
        }
    }

    /// <summary>What it tells its reader.</summary>
    public static IEnumerable<string> Lines(Exception fault) => fault switch
    {
        StartupFaultException startup => startup.Faults,
        OptionsValidationException invalid => invalid.Failures,
        AggregateException many => many.InnerExceptions.SelectMany(Lines),
        // A configuration file that is not JSON: where it is broken is in the innermost exception.
        InvalidDataException { InnerException: not null } => [$"{fault.Message} {fault.GetBaseException().Message}"],
        // The binder names the setting, its cause the value.
        InvalidOperationException { InnerException: (FormatException or ArgumentException) and var cause } => [$"{fault.Message} {cause.Message}"],
        // YARP and the configuration binder wrap what they found in a general message; the finding is inside.
        InvalidOperationException { InnerException: { } finding } => Lines(finding),
        InvalidOperationException when UnknownSetting().Match(fault.Message) is { Success: true } unknown =>
            [$"{unknown.Groups["names"].Value} is not a setting of {unknown.Groups["type"].Value}"],
        IOException or UnauthorizedAccessException or InvalidOperationException or ArgumentException or FormatException => [fault.Message],
        _ => [fault.ToString()],
    };
}
