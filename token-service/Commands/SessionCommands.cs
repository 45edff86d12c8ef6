using System.CommandLine;
using FrontDoor.TokenService.Endpoints;
using FrontDoor.TokenService.RefreshTokens;
using FrontDoor.TokenService.Users;

namespace FrontDoor.TokenService.Commands;

/// <summary><c>sessions list|end</c>.</summary>
internal static class SessionCommands
{
    private const int MostRows = 10_000;

    public static Command Create(CommandRunner runner) => new("sessions", "List and end sessions") { List(runner), End(runner), SeedSessionsCommand.Create(runner) };

    private static Command List(CommandRunner runner)
    {
        var user = new Argument<string>("user") { Description = "The user name" };
        var limit = new Option<int>("--limit") { Description = $"Sessions at most; default {SessionPage.Default}, from 1 to {MostRows}", DefaultValueFactory = _ => SessionPage.Default };
        var json = AdminCommands.Json;
        var command = new Command("list", "List a user's living sessions, the latest first") { user, limit, json };
        command.SetAction((options, _) => runner.RunAsync(async services =>
        {
            var owner = await services.GetRequiredService<UserAdministration>().FindAsync(options.GetRequiredValue(user));
            var most = options.GetValue(limit);
            if (most is < 1 or > MostRows) throw new AdministrationException($"--limit is {most}; it must be from 1 to {MostRows}");
            var sessions = await services.GetRequiredService<Sessions>().LivingOfAsync(owner.Id, before: null, most + 1, CancellationToken.None);
            if (sessions.Count > most)
            {
                sessions.RemoveAt(most);
                await Console.Error.WriteLineAsync($"There are more than these {most}; see --limit");
            }

            var views = sessions.ConvertAll(s => new { s.Id, s.UserAgent, s.Address, CreatedAt = Time(s.CreatedAt), LastSeenAt = Time(s.RotatedAt), ExpiresAt = Time(s.ExpiresAt) });
            if (options.GetValue(json)) Report.Write(asJson: true, views, "");
            else Table.Write(["session", "device", "address", "last seen", "expires"], views.Select(s => new[] { s.Id, s.UserAgent ?? "", s.Address ?? "", $"{s.LastSeenAt:u}", $"{s.ExpiresAt:u}" }));
            return 0;
        }));
        return command;
    }

    private static Command End(CommandRunner runner)
    {
        var id = new Argument<string?>("session") { Description = "The session's id", Arity = ArgumentArity.ZeroOrOne };
        var user = new Option<string?>("--user") { Description = "End all sessions of this user instead" };
        var json = AdminCommands.Json;
        var command = new Command("end", "End a session, or all of a user; gateways refuse their tokens within a second") { id, user, json };
        command.SetAction((options, _) => runner.RunAsync(async services =>
        {
            var sessions = services.GetRequiredService<Sessions>();
            switch (options.GetValue(id), options.GetValue(user))
            {
                case ({ } session, null):
                    if (!await sessions.EndAsAdministratorAsync(session, CancellationToken.None)) throw new AdministrationException($"There is no living session {session}");
                    Report.Write(options.GetValue(json), new EndedSessions(1), $"Ended {session}");
                    return 0;
                case (null, { } name):
                    var owner = await services.GetRequiredService<UserAdministration>().FindAsync(name);
                    var ended = await sessions.EndAllAsync(owner.Id, except: null, SessionEnd.EndedByAdministrator, CancellationToken.None);
                    Report.Write(options.GetValue(json), new EndedSessions(ended), $"Ended {ended} session(s) of {name}");
                    return 0;
                default:
                    throw new AdministrationException("Name either a session or --user, not both");
            }
        }));
        return command;
    }

    private static DateTimeOffset Time(long unixMilliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(unixMilliseconds);
}
