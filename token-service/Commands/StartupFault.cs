using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.Commands;

/// <summary>A reason not to start that its reader can mend: shown as one line, without a stack trace.</summary>
internal sealed class StartupFaultException(string message, Exception? inner = null) : Exception(message, inner);

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
            foreach (var line in Lines(e)) await Console.Error.WriteLineAsync($"token-service: {line}");
            return 1;
        }
    }

    private static IEnumerable<string> Lines(Exception fault) => fault switch
    {
        OptionsValidationException invalid => invalid.Failures,
        StartupFaultException or IOException or InvalidOperationException => [fault.Message],
        System.Data.Common.DbException => [$"The database cannot be reached or used: {fault.Message}"],
        AggregateException many => many.InnerExceptions.SelectMany(Lines),
        _ => [fault.ToString()],
    };
}
