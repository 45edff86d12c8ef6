using System.CommandLine;
using System.Text.Json;
using FrontDoor.TokenService.RefreshTokens;
using FrontDoor.TokenService.Users;

namespace FrontDoor.TokenService.Commands;

/// <summary><c>sessions list|end</c>.</summary>
internal static class SessionCommands
{
    public static Command Create(CommandRunner runner) => new("sessions", "List and end sessions") { List(runner), End(runner), SeedSessionsCommand.Create(runner) };

    private static Command List(CommandRunner runner)
    {
        var user = new Argument<string>("user") { Description = "The user name" };
        var json = AdminCommands.Json;
        var command = new Command("list", "List a user's living sessions, the latest first") { user, json };
        command.SetAction((options, _) => runner.RunAsync(async services =>
        {
            var owner = await services.GetRequiredService<UserAdministration>().FindAsync(options.GetRequiredValue(user));
            var sessions = await services.GetRequiredService<Sessions>().LivingOfAsync(owner.Id, CancellationToken.None);
            var views = sessions.ConvertAll(s => new { s.Id, s.UserAgent, s.Address, CreatedAt = Time(s.CreatedAt), LastSeenAt = Time(s.RotatedAt), ExpiresAt = Time(s.ExpiresAt) });
            if (options.GetValue(json)) Console.WriteLine(JsonSerializer.Serialize(views, AdminCommands.JsonOutput));
            else Table.Write(["session", "device", "address", "last seen", "expires"], views.Select(s => new[] { s.Id, s.UserAgent ?? "", s.Address ?? "", $"{s.LastSeenAt:u}", $"{s.ExpiresAt:u}" }));
            return 0;
        }));
        return command;
    }

    private static Command End(CommandRunner runner)
    {
        var id = new Argument<string?>("session") { Description = "The session's id", Arity = ArgumentArity.ZeroOrOne };
        var user = new Option<string?>("--user") { Description = "End all sessions of this user instead" };
        var command = new Command("end", "End a session, or all of a user; gateways refuse their tokens within a second") { id, user };
        command.SetAction((options, _) => runner.RunAsync(async services =>
        {
            var sessions = services.GetRequiredService<Sessions>();
            switch (options.GetValue(id), options.GetValue(user))
            {
                case ({ } session, null):
                    if (!await sessions.EndAsAdministratorAsync(session, CancellationToken.None)) throw new AdministrationException($"There is no living session {session}");
                    Console.WriteLine($"Ended {session}");
                    return 0;
                case (null, { } name):
                    var owner = await services.GetRequiredService<UserAdministration>().FindAsync(name);
                    Console.WriteLine($"Ended {await sessions.EndAllAsync(owner.Id, except: null, SessionEnd.EndedByAdministrator, CancellationToken.None)} session(s) of {name}");
                    return 0;
                default:
                    throw new AdministrationException("Name either a session or --user, not both");
            }
        }));
        return command;
    }

    private static DateTimeOffset Time(long unixMilliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(unixMilliseconds);
}
