using System.CommandLine;
using System.Text.Json;
using FrontDoor.TokenService.Keys;
using FrontDoor.TokenService.Users;

namespace FrontDoor.TokenService.Commands;

/// <summary><c>keys list|rotate|revoke|new-secret|use-next</c>. A running service takes a change over within Keys:PollInterval.</summary>
internal static class KeyCommands
{
    public static Command Create(CommandRunner runner) => new("keys", "List, rotate and revoke signing keys")
    {
        List(runner), Rotate(runner), Revoke(runner), SecretCommands.CreateNew(), SecretCommands.CreateUseNext(),
    };

    private static Command List(CommandRunner runner)
    {
        var json = AdminCommands.Json;
        var command = new Command("list", "List all signing keys") { json };
        command.SetAction((options, _) => runner.RunAsync(async services =>
        {
            var keys = await services.GetRequiredService<KeyStore>().ListAsync(CancellationToken.None);
            // Secrets that have not signed yet are in their file alone.
            var standby = services.GetRequiredService<HmacSecrets>().All.Where(s => keys.All(k => k.Key.Kid != s.Kid));
            var views = keys.Select(k => new { k.Key.Kid, k.Key.Algorithm, State = k.State.ToString().ToLowerInvariant(), SignsFrom = (DateTimeOffset?)Time(k.Key.ActivatesAt) })
                .Concat(standby.Select(s => new { s.Kid, s.Algorithm, State = "standby", SignsFrom = (DateTimeOffset?)null })).ToArray();
            if (options.GetValue(json)) Console.WriteLine(JsonSerializer.Serialize(views, AdminCommands.JsonOutput));
            else Table.Write(["kid", "algorithm", "state", "signs from"], views.Select(k => new[] { k.Kid, k.Algorithm, k.State, $"{k.SignsFrom:u}" }));
            return 0;
        }));
        return command;
    }

    private static Command Rotate(CommandRunner runner)
    {
        var now = new Option<bool>("--now") { Description = "Sign with it at once instead of after Keys:PublishAhead; gateways fetch it when they meet it" };
        var command = new Command("rotate", "Make the next key; the present one verifies until its last token has expired") { now };
        command.SetAction((options, _) => runner.RunAsync(async services =>
        {
            var key = await services.GetRequiredService<KeyStore>().RotateAsync(options.GetValue(now), CancellationToken.None)
                ?? throw new AdministrationException("A next key exists already; see `keys list`");
            Console.WriteLine($"Made {key.Algorithm} key {key.Kid}; it signs from {Time(key.ActivatesAt):u}");
            return 0;
        }));
        return command;
    }

    private static Command Revoke(CommandRunner runner)
    {
        var kid = new Argument<string>("kid") { Description = "The key's id" };
        var command = new Command("revoke", "Withdraw a key at once: everything that it signed is refused, users sign in again") { kid };
        command.SetAction((options, _) => runner.RunAsync(async services =>
        {
            var id = options.GetRequiredValue(kid);
            if (!await services.GetRequiredService<KeyStore>().RevokeAsync(id, CancellationToken.None)) throw new AdministrationException($"There is no key {id} to revoke");
            Console.WriteLine($"Revoked {id}");
            return 0;
        }));
        return command;
    }

    private static DateTimeOffset Time(long unixMilliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(unixMilliseconds);
}
