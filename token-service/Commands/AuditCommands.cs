using System.CommandLine;
using FrontDoor.TokenService.Audit;
using FrontDoor.TokenService.Users;

namespace FrontDoor.TokenService.Commands;

/// <summary><c>audit list</c>.</summary>
internal static class AuditCommands
{
    public static Command Create(CommandRunner runner) => new("audit", "Read the audit log") { List(runner) };

    private static Command List(CommandRunner runner)
    {
        var since = Time("--since", "The first moment, such as 2030-01-31 or 2030-01-31T12:00:00Z");
        var until = Time("--until", "The first moment no longer wanted");
        var what = new Option<string?>("--event") { Description = $"One of: {string.Join(", ", AuditEvents.All)}" };
        var actor = new Option<string?>("--actor") { Description = "Who did it: the id of a user or client, or the word command or service" };
        var subject = new Option<string?>("--subject") { Description = "Whom or what it was done to: the id of a user, session, client or key" };
        var limit = new Option<int>("--limit") { Description = $"Rows at most; default 50, from 1 to {AuditTrail.MostRows}", DefaultValueFactory = _ => 50 };
        var json = AdminCommands.Json;
        var command = new Command("list", "List what happened, the newest first; times are UTC") { since, until, what, actor, subject, limit, json };
        command.SetAction((options, _) => runner.RunAsync(async services =>
        {
            var name = options.GetValue(what);
            if (name is not null && !AuditEvents.All.Contains(name))
                throw new AdministrationException($"There is no event '{name}'; there are {string.Join(", ", AuditEvents.All)}");
            var most = options.GetValue(limit);
            if (most is < 1 or > AuditTrail.MostRows) throw new AdministrationException($"--limit is {most}; it must be from 1 to {AuditTrail.MostRows}");

            var filter = new AuditFilter(options.GetValue(since), options.GetValue(until), name, options.GetValue(actor), options.GetValue(subject));
            var rows = await services.GetRequiredService<AuditTrail>().ListAsync(filter, most, CancellationToken.None);
            if (options.GetValue(json)) Report.Write(asJson: true, rows.ConvertAll(AuditView.Of), "");
            else Table.Write(["time", "event", "outcome", "actor", "subject", "address", "detail"], rows.Select(AuditView.Of).Select(Cells));
            return 0;
        }));
        return command;
    }

    private static string[] Cells(AuditView row) => [$"{row.At:u}", row.Event, row.Outcome, row.Actor ?? "", row.Subject ?? "", row.Address ?? "", row.Detail ?? ""];

    private static Option<DateTimeOffset?> Time(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = argument =>
        {
            if (AuditView.TryReadTime(argument.Tokens.Single().Value, out var time)) return time;
            argument.AddError($"{name} is '{argument.Tokens.Single().Value}'; a time is written like 2030-01-31 or 2030-01-31T12:00:00Z");
            return null;
        },
    };
}
