using System.CommandLine;
using FrontDoor.Gateway.Configuration;
using FrontDoor.Gateway.Tls;

namespace FrontDoor.Gateway.Commands;

/// <summary><c>gateway check</c>: what a start or a reload would say, without either and without the network.</summary>
internal static class CheckCommand
{
    public static Command Create(Func<ParseResult, Action<GatewayConfig>, Task<int>> withConfigAsync)
    {
        var command = new Command("check", "Check the configuration: one line per fault, exit code 0 or 1");
        command.SetAction(async (options, _) =>
        {
            var exitCode = await withConfigAsync(options, config =>
            {
                Console.WriteLine(
                    $"configuration is valid: {config.Routes.Count} routes, {config.Clusters.Count} clusters, {config.Policies.Count} policies, {config.Issuers.Count} issuers");
                foreach (var note in Http3.Notes(SettingsNode.Tree(config.Text.Values))) Console.WriteLine($"note: {note}");
            });
            if (exitCode != 0) await Console.Error.WriteLineAsync("configuration is not valid");
            return exitCode;
        });
        return command;
    }
}
