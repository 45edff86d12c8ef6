using System.CommandLine;
using System.Text.Json;
using FrontDoor.TokenService.Clients;

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
            if (options.GetValue(json)) WriteJson(new { client.Id, secret, client.Name, Scopes = ScopesOf(client), client.Audience });
            else Console.WriteLine($"Added client {client.Id}. Its secret, shown this once:\n{secret}");
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
            var views = clients.ConvertAll(c => new
            {
                c.Id,
                c.Name,
                Scopes = ScopesOf(c),
                c.Audience,
                CreatedAt = Time(c.CreatedAt),
                SecretChangedAt = Time(c.SecretChangedAt),
                PreviousSecretUntil = c.PreviousSecretUntil is { } until ? Time(until) : (DateTimeOffset?)null,
            });
            if (options.GetValue(json)) WriteJson(views);
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
        var command = new Command("remove", "Remove a client; gateways refuse its tokens within a second") { id };
        command.SetAction((options, _) => runner.RunAsync(async services =>
        {
            await services.GetRequiredService<ClientAdministration>().RemoveAsync(options.GetRequiredValue(id), CancellationToken.None);
            Console.WriteLine($"Removed client {options.GetRequiredValue(id)}");
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
            var (secret, until) = await services.GetRequiredService<ClientAdministration>().RotateSecretAsync(client, options.GetValue(now), CancellationToken.None);
            var previous = until is null ? "The previous one is refused from now on" : $"The previous one is taken until {until:u}";
            if (options.GetValue(json)) WriteJson(new { Id = client, secret, PreviousSecretUntil = until });
            else Console.WriteLine($"New secret of client {client}, shown this once:\n{secret}\n{previous}");
            return 0;
        }));
        return command;
    }

    private static Argument<string> IdArgument() => new("id") { Description = "The client's id" };

    private static string[] ScopesOf(Client client) => client.Scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static void WriteJson(object view) => Console.WriteLine(JsonSerializer.Serialize(view, AdminCommands.JsonOutput));

    private static DateTimeOffset Time(long unixMilliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(unixMilliseconds);
}
