using System.CommandLine;
using System.Text.Json;
using FrontDoor.Gateway.Configuration;

namespace FrontDoor.Gateway.Commands;

/// <summary>The verbs of the binary. Without one it serves.</summary>
internal static class GatewayCommands
{
    public static readonly JsonSerializerOptions JsonOutput = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>
    /// Whether a command is meant: any bare word, so that a mistyped one is an error and does not start a second gateway. Settings
    /// (<c>--Edge:MaxRequestBodyBytes=1000</c>) and <c>--config</c> alone start the gateway.
    /// </summary>
    public static bool Means(string[] args) => args switch
    {
        [] => false,
        ["--config", _, .. var rest] => Means(rest),
        [var config, .. var rest] when config.StartsWith("--config=", StringComparison.Ordinal) => Means(rest),
        [var first, ..] => first is "--help" or "-h" or "-?" or "--version" || (!first.StartsWith('-') && !first.Contains('=')),
    };

    /// <param name="args">The command line.</param>
    /// <param name="compose">Puts the gateway together, without starting it.</param>
    public static Task<int> RunAsync(string[] args, Func<string[], WebApplicationBuilder> compose)
    {
        var file = new Option<string?>("--config") { Description = "Read this file instead of appsettings.json", HelpName = "FILE", Recursive = true };
        var root = new RootCommand("""
            Gateway. Without a command it starts and serves. Settings come from the appsettings.json of the current folder, or else of the gateway's own,
            and from the environment. A running gateway takes changed settings over by itself, or at SIGHUP.
            """)
        {
            file,
        };
        Task<int> WithConfigAsync(ParseResult options, Action<GatewayConfig> work) => StartupFault.ReportAsync(async () =>
        {
            var builder = compose(options.GetValue(file) is { } path ? ["--config", path] : []);
            builder.Logging.ClearProviders(); // standard output belongs to the command's result
            await using var app = builder.Build();
            app.RequireSoundConfiguration();
            work(app.Services.GetRequiredService<CurrentConfig>().Value);
        });

        root.Add(CheckCommand.Create(WithConfigAsync));
        root.Add(RoutesCommand.Create(WithConfigAsync));
        root.Add(CompressCommand.Create());
        root.Add(HealthCheckCommand.Create());
        return root.Parse(args).InvokeAsync();
    }
}
