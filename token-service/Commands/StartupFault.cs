using System.Data.Common;
using System.Text.RegularExpressions;
using FrontDoor.TokenService.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.Commands;

/// <summary>A reason not to start that its reader can mend: shown as one line, without a stack trace.</summary>
internal sealed class StartupFaultException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Turns what stops a start into one clear line per fault and exit code 1.</summary>
internal static partial class StartupFault
{
    // The configuration binder's words for a misspelt setting (StrictBinding).
    [GeneratedRegex(@"^'ErrorOnUnknownConfiguration' .* instance of (?:\w+\.)*(?<type>\w+): (?<names>.+)$")]
    private static partial Regex UnknownSetting();

    /// <summary>
    /// Validates all options at once. The host does so only after it has built the hosted services, whose constructors read options,
    /// so that the first faulty section would be reported alone.
    /// </summary>
    public static void ReportEveryOptionFault(this IHost app) => app.Services.GetRequiredService<IStartupValidator>().Validate();

    /// <param name="report">What becomes of the lines; null: to standard error.</param>
    public static async Task<int> ReportAsync(Func<Task> run, Action<IReadOnlyList<string>>? report = null)
    {
        try
        {
            await run();
            return 0;
        }
        catch (Exception e)
        {
            string[] lines = [.. Lines(e)];
            if (report is not null) report(lines);
            else foreach (var line in lines) await Console.Error.WriteLineAsync($"token-service: {line}");
            return 1;
        }
    }

    internal static IEnumerable<string> Lines(Exception fault) => fault switch
    {
        OptionsValidationException invalid => invalid.Failures,
        DbException => [$"The database cannot be reached or used: {fault.Message}"],
        // EF's words around it say less.
        InvalidOperationException or DbUpdateException when fault.InnerException is DbException inner => Lines(inner),
        // A configuration file that is not JSON: where it is broken is in the innermost exception.
        InvalidDataException when fault.InnerException is not null => [$"{fault.Message} {fault.GetBaseException().Message}"],
        InvalidOperationException when UnknownSetting().Match(fault.Message) is { Success: true } unknown =>
            [$"{unknown.Groups["names"].Value} is not a setting of {unknown.Groups["type"].Value}"],
        StartupFaultException or AdministrationException or IOException or UnauthorizedAccessException or InvalidOperationException or InvalidDataException => [fault.Message],
        AggregateException many => many.InnerExceptions.SelectMany(Lines),
        _ => [fault.ToString()],
    };
}
