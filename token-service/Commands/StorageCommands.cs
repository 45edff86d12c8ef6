using System.CommandLine;
using FrontDoor.TokenService.Keys;
using FrontDoor.TokenService.Storage;
using FrontDoor.TokenService.Users;
using Microsoft.EntityFrameworkCore;

namespace FrontDoor.TokenService.Commands;

/// <summary><c>check</c> and <c>migrate</c>.</summary>
internal static class StorageCommands
{
    public static Command CreateCheck(CommandRunner runner)
    {
        var json = AdminCommands.Json;
        var command = new Command("check", "Check configuration, database and keys without starting; exit code 0 or 1") { json };
        command.SetAction((options, _) => runner.RunAsync(
            async services =>
            {
                var db = services.GetRequiredService<TokenDb>().Database;
                var pending = (await db.GetPendingMigrationsAsync()).ToArray();
                if (pending.Length > 0) throw new AdministrationException($"The database lacks {pending.Length} migration(s) ({string.Join(", ", pending)}); run: migrate");

                var encryption = services.GetRequiredService<KeyEncryption>();
                var keys = await services.GetRequiredService<KeyStore>().ListAsync(CancellationToken.None);
                foreach (var (key, _) in keys.Where(k => !k.Key.IsHmac)) encryption.Open(key.SealedPrivateKey, key.Kid);
                await services.GetRequiredService<RequireEmails>().StartAsync(CancellationToken.None);
                Report.Write(options.GetValue(json), new { InOrder = true, Keys = keys.Count }, $"Configuration, database and {keys.Count} key(s) are in order");
                return 0;
            },
            migrate: false, requireDatabase: false, reportFaults: options.GetValue(json) ? FaultsAsJson : null));
        return command;
    }

    private static void FaultsAsJson(IReadOnlyList<string> faults) => Report.Write(asJson: true, new { InOrder = false, Faults = faults }, "");

    public static Command CreateMigrate(CommandRunner runner)
    {
        var json = AdminCommands.Json;
        var command = new Command("migrate", "Bring the database to this version's schema; the service does so at each start, too") { json };
        command.SetAction((options, _) => runner.RunAsync(_ =>
        {
            Report.Write(options.GetValue(json), new { UpToDate = true }, "The database is up to date");
            return Task.FromResult(0);
        }, requireDatabase: false));
        return command;
    }
}
