using System.CommandLine;
using System.Text.Json;

namespace FrontDoor.TokenService.Commands;

/// <summary>The verbs of the binary. They work on the database that the configuration names, while a service runs on it or not.</summary>
internal static class AdminCommands
{
    /// <summary>
    /// Whether a first argument means a command: any bare word, so that a mistyped one is an error and does not start a second service.
    /// Settings (<c>--Keys:Algorithm=ES384</c>) start the service.
    /// </summary>
    public static bool Means(string argument) => argument is "--help" or "-h" or "-?" or "--version" || (!argument.StartsWith('-') && !argument.Contains('='));

    public static Option<bool> Json => new("--json") { Description = "Write JSON to standard output" };

    /// <param name="args">The command line.</param>
    /// <param name="compose">Puts the service together, without starting it.</param>
    public static Task<int> RunAsync(string[] args, Func<WebApplicationBuilder> compose)
    {
        var runner = new CommandRunner(compose);
        var root = new RootCommand("Token service. Without a command it starts and serves; settings come from appsettings.json and the environment.")
        {
            UserCommands.Create(runner),
            ClientCommands.Create(runner),
            SessionCommands.Create(runner),
            KeyCommands.Create(runner),
            AuditCommands.Create(runner),
            StorageCommands.CreateCheck(runner),
            StorageCommands.CreateMigrate(runner),
            HealthCheckCommand.Create(),
        };
        return root.Parse(args).InvokeAsync();
    }

    public static readonly JsonSerializerOptions JsonOutput = new(JsonSerializerDefaults.Web) { WriteIndented = true };
}
