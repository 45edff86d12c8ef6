using FrontDoor.TokenService.Audit;
using FrontDoor.TokenService.Storage;
using FrontDoor.TokenService.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.Commands;

/// <summary>Gives a command the service's parts, and its faults one line each.</summary>
internal sealed class CommandRunner(Func<WebApplicationBuilder> compose)
{
    /// <param name="work">Gets a scope of services; its result is the exit code.</param>
    /// <param name="migrate">Whether the database is brought up to date before.</param>
    /// <param name="requireDatabase">Whether a database that is not there is a fault: a command in the wrong folder must not make one and succeed.</param>
    /// <param name="reportFaults">What becomes of faults; null: a line each on standard error.</param>
    public async Task<int> RunAsync(
        Func<IServiceProvider, Task<int>> work, bool migrate = true, bool requireDatabase = true, Action<IReadOnlyList<string>>? reportFaults = null)
    {
        var exitCode = 1;
        var faulty = await StartupFault.ReportAsync(async () =>
        {
            var builder = compose();
            // Standard output belongs to the command's result.
            builder.Logging.ClearProviders().AddFilter(level => level >= LogLevel.Warning)
                .AddSimpleConsole(console => console.SingleLine = true);
            builder.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
            await using var app = builder.Build();
            app.ReportEveryOptionFault();
            if (requireDatabase) RequireDatabase(app.Services);
            if (migrate) await app.Services.GetRequiredService<MigrateOnStart>().StartAsync(CancellationToken.None);

            await using var scope = app.Services.CreateAsyncScope();
            scope.ServiceProvider.GetRequiredService<AuditSource>().Actor = AuditSource.Command;
            // No request waits for it: an import of many users takes its time.
            if (scope.ServiceProvider.GetRequiredService<TokenDb>() is { } db && db.Database.IsNpgsql()) db.Database.SetCommandTimeout(TimeSpan.FromHours(1));
            exitCode = await work(scope.ServiceProvider);
        }, reportFaults);
        return faulty == 0 ? exitCode : faulty;
    }

    private static void RequireDatabase(IServiceProvider services)
    {
        if (!services.GetRequiredService<IOptions<StorageOptions>>().Value.IsSqlite) return;
        var file = services.GetRequiredService<DataDirectory>().File("token-service.db");
        if (string.IsNullOrEmpty(services.GetRequiredService<IOptions<StorageOptions>>().Value.ConnectionString) && !File.Exists(file))
            throw new AdministrationException($"There is no database {file}. Name its folder in Storage__DataDirectory, or make one with: migrate");
    }

    /// <summary>Reads a password: from the terminal without echo, or the first line of standard input.</summary>
    /// <remarks>Never from an argument: those are seen by every user of the machine and kept in the shell's history.</remarks>
    public static string ReadPassword()
    {
        if (Console.IsInputRedirected)
            return Console.In.ReadLine() is { Length: > 0 } line ? line : throw new AdministrationException("No password on standard input");

        var password = Prompt("Password: ");
        return password == Prompt("Again: ") ? password : throw new AdministrationException("The passwords differ");
    }

    /// <summary>Asks at the terminal whether to go on.</summary>
    /// <exception cref="AdministrationException">The answer is no, or there is nobody to ask.</exception>
    public static void Confirm(string question)
    {
        if (Console.IsInputRedirected) throw new AdministrationException("Standard input is no terminal, so nobody can be asked. To go on without: --yes");
        Console.Error.Write($"{question} [y/N] ");
        if (Console.ReadLine()?.Trim().ToUpperInvariant() is not ("Y" or "YES")) throw new AdministrationException("Nothing was done");
    }

    private static string Prompt(string text)
    {
        Console.Error.Write(text);
        var typed = new System.Text.StringBuilder();
        while (Console.ReadKey(intercept: true) is var key && key.Key != ConsoleKey.Enter)
        {
            if (key.Key == ConsoleKey.Backspace) typed.Length = Math.Max(0, typed.Length - 1);
            else if (!char.IsControl(key.KeyChar)) typed.Append(key.KeyChar);
        }

        Console.Error.WriteLine();
        return typed.ToString();
    }
}
