using System.CommandLine;
using FrontDoor.TokenService.Clients;
using FrontDoor.TokenService.Users;

namespace FrontDoor.TokenService.Commands;

/// <summary><c>clients add|list|remove|rotate-secret</c>.</summary>
internal static class ClientCommands
{
    public static Command Create(CommandRunner runner) => new("clients", "Add, list and remove services that sign in for themselves, and rotate their secrets")
    {
        Add(runner), List(runner), Remove(runner), RotateSecret(runner),
    };

    private static Command Add(CommandRunner runner)
    {
        var id = IdArgument();
        var name = new Option<string?>("--name") { Description = "What it is, for people" };
        var scopes = new Option<string[]>("--scope") { Description = "A scope that its tokens may have; may be given several times", AllowMultipleArgumentsPerToken = false };
        var audience = new Option<string?>("--audience") { Description = "The aud of its tokens; default AccessTokens:Audience" };
        var json = AdminCommands.Json;
        var command = new Command("add", "Add a client and write its secret, this once; only a digest is kept") { id, name, scopes, audience, json };
        command.SetAction((options, _) => runner.RunAsync(async services =>
        {
            var (client, secret) = await services.GetRequiredService<ClientAdministration>().AddAsync(
                options.GetRequiredValue(id), options.GetValue(name), options.GetValue(scopes) ?? [], options.GetValue(audience), secret: null, CancellationToken.None);
            Report.Write(options.GetValue(json), AddedClient.Of(client, secret), $"Added client {client.Id}. Its secret, shown this once:\n{secret}");
            return 0;
        }));
        return command;
    }

    private static Command List(CommandRunner runner)
    {
        var json = AdminCommands.Json;
        var command = new Command("list", "List all clients") { json };
        command.SetAction((options, _) => runner.RunAsync(async services =>
        {
            var clients = await services.GetRequiredService<ClientAdministration>().ListAsync(CancellationToken.None);
            var views = clients.ConvertAll(ClientView.Of);
            if (options.GetValue(json)) Report.Write(asJson: true, views, "");
            else Table.Write(
                ["client", "name", "scopes", "audience", "secret changed"],
                views.Select(c => new[] { c.Id, c.Name ?? "", string.Join(' ', c.Scopes), c.Audience ?? "", $"{c.SecretChangedAt:u}" }));
            return 0;
        }));
        return command;
    }

    private static Command Remove(CommandRunner runner)
    {
        var id = IdArgument();
        var json = AdminCommands.Json;
        var command = new Command("remove", "Remove a client; gateways refuse its tokens within a second") { id, json };
        command.SetAction((options, _) => runner.RunAsync(async services =>
        {
            var client = options.GetRequiredValue(id);
            if (!await services.GetRequiredService<ClientAdministration>().RemoveAsync(client, CancellationToken.None)) throw Missing(client);
            Report.Write(options.GetValue(json), new { Id = client }, $"Removed client {client}");
            return 0;
        }));
        return command;
    }

    private static Command RotateSecret(CommandRunner runner)
    {
        var id = IdArgument();
        var now = new Option<bool>("--now") { Description = "End the previous secret at once instead of after Clients:PreviousSecretLifetime" };
        var json = AdminCommands.Json;
        var command = new Command("rotate-secret", "Make a new secret and write it, this once; the previous one is taken for a while") { id, now, json };
        command.SetAction((options, _) => runner.RunAsync(async services =>
        {
            var client = options.GetRequiredValue(id);
            var made = await services.GetRequiredService<ClientAdministration>().RotateSecretAsync(client, options.GetValue(now), CancellationToken.None) ?? throw Missing(client);
            var previous = made.PreviousSecretUntil is { } until ? $"The previous one is taken until {until:u}" : "The previous one is refused from now on";
            Report.Write(options.GetValue(json), made, $"New secret of client {client}, shown this once:\n{made.Secret}\n{previous}");
            return 0;
        }));
        return command;
    }

    private static Argument<string> IdArgument() => new("id") { Description = "The client's id" };

    private static AdministrationException Missing(string id) => new($"There is no client '{id}'");
}
