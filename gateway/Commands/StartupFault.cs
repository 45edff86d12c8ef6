using Microsoft.Extensions.Options;

namespace FrontDoor.Gateway.Commands;

/// <summary>A reason not to start that its reader can mend: shown as one line, without a stack trace.</summary>
internal sealed class StartupFaultException(string message) : Exception(message);

/// <summary>Turns what stops a start into one clear line per fault and exit code 1.</summary>
internal static class StartupFault
{
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

    private static IEnumerable<string> Lines(Exception fault) => fault switch
    {
        OptionsValidationException invalid => invalid.Failures,
        AggregateException many => many.InnerExceptions.SelectMany(Lines),
        // The binder names the setting, its cause the value.
        InvalidOperationException { InnerException: (FormatException or ArgumentException) and var cause } => [$"{fault.Message} {cause.Message}"],
        // YARP and the configuration binder wrap what they found in a general message; the finding is inside.
        InvalidOperationException { InnerException: { } finding } => Lines(finding),
        StartupFaultException or IOException or InvalidOperationException or ArgumentException or FormatException => [fault.Message],
        _ => [fault.ToString()],
    };
}
