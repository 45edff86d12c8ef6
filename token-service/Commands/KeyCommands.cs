using System.CommandLine;
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
            var views = keys.Select(KeyLine.Of).Concat(standby.Select(s => new KeyLine(s.Kid, s.Algorithm, "standby", SignsFrom: null))).ToArray();
            if (options.GetValue(json)) Report.Write(asJson: true, views, "");
            else Table.Write(["kid", "algorithm", "state", "signs from"], views.Select(k => new[] { k.Kid, k.Algorithm, k.State, $"{k.SignsFrom:u}" }));
            return 0;
        }));
        return command;
    }

    private static Command Rotate(CommandRunner runner)
    {
        var now = new Option<bool>("--now") { Description = "Sign with it at once instead of after Keys:PublishAhead; gateways fetch it when they meet it" };
        var json = AdminCommands.Json;
        var command = new Command("rotate", "Make the next key; the present one verifies until its last token has expired") { now, json };
        command.SetAction((options, _) => runner.RunAsync(async services =>
        {
            var key = await services.GetRequiredService<KeyStore>().RotateAsync(options.GetValue(now), CancellationToken.None)
                ?? throw new AdministrationException("A next key exists already; see `keys list`");
            var line = await LineAsync(services, key.Kid);
            Report.Write(options.GetValue(json), line, $"Made {line.Algorithm} key {line.Kid}; it signs from {line.SignsFrom:u}");
            return 0;
        }));
        return command;
    }

    private static Command Revoke(CommandRunner runner)
    {
        var kid = new Argument<string>("kid") { Description = "The key's id" };
        var json = AdminCommands.Json;
        var command = new Command("revoke", "Withdraw a key at once: everything that it signed is refused, users sign in again. A secret that has not signed yet is barred for good") { kid, json };
        command.SetAction((options, _) => runner.RunAsync(async services =>
        {
            var id = options.GetRequiredValue(kid);
            if (!await services.GetRequiredService<KeyRevocation>().RevokeAsync(id, CancellationToken.None)) throw new AdministrationException($"There is no key {id} to revoke");
            Report.Write(options.GetValue(json), await LineAsync(services, id), $"Revoked {id}");
            return 0;
        }));
        return command;
    }

    private static async Task<KeyLine> LineAsync(IServiceProvider services, string kid) =>
        KeyLine.Of((await services.GetRequiredService<KeyStore>().ListAsync(CancellationToken.None)).Single(k => k.Key.Kid == kid));
}

/// <summary>A key in the JSON of the commands.</summary>
/// <param name="State"><c>next</c>, <c>current</c>, <c>previous</c>, <c>gone</c>, <c>revoked</c>, or <c>standby</c> of a secret that has not signed yet.</param>
/// <param name="SignsFrom">Null of a secret on standby.</param>
internal sealed record KeyLine(string Kid, string Algorithm, string State, DateTimeOffset? SignsFrom)
{
    public static KeyLine Of((SigningKey Key, KeyState State) listed) => new(
        listed.Key.Kid, listed.Key.Algorithm, listed.State.ToString().ToLowerInvariant(), DateTimeOffset.FromUnixTimeMilliseconds(listed.Key.ActivatesAt));
}
