using System.CommandLine;
using FrontDoor.TokenService.Users;

namespace FrontDoor.TokenService.Commands;

/// <summary><c>users add|list|set|roles|import|disable|enable|reset-password|delete</c>.</summary>
internal static class UserCommands
{
    public static Command Create(CommandRunner runner) => new("users", "Add, list, change, import, disable, enable and delete users, set roles and reset passwords")
    {
        Add(runner),
        List(runner),
        UserSetCommand.Create(runner),
        Roles(runner),
        ImportCommand.Create(runner),
        Disable(runner),
        OnOne(runner, "enable", "Let a user sign in again; lifts a lock, too", async (users, user) =>
        {
            await users.EnableAsync(user.UserName!);
            return (0, $"Enabled {user.UserName}");
        }),
        OnOne(runner, "reset-password", "Set a new password, read from a prompt or standard input, and end all sessions", async (users, user) =>
        {
            var ended = await users.ResetPasswordAsync(user.UserName!, CommandRunner.ReadPassword(), CancellationToken.None);
            return (ended, $"Password of {user.UserName} set; {ended} session(s) ended");
        }),
        DeleteUserCommand.Create(runner),
    };

    public static Argument<string> NameArgument() => new("user") { Description = "The user name" };

    public static Option<bool> Force => new("--force") { Description = "Even the last active user with the role Administration:Role" };

    private static Command Add(CommandRunner runner)
    {
        var name = NameArgument();
        var roles = new Option<string[]>("--role") { Description = "A role; may be given several times", AllowMultipleArgumentsPerToken = false };
        var display = new Option<string?>("--display-name") { Description = "The name claim; default the user name" };
        var email = new Option<string?>("--email") { Description = "The e-mail address; default none, or the user name where users sign in by e-mail" };
        var json = AdminCommands.Json;
        var command = new Command("add", "Add a user; the password is read from a prompt or standard input") { name, roles, display, email, json };
        command.SetAction((options, _) => runner.RunAsync(async services =>
        {
            var user = await services.GetRequiredService<UserAdministration>().AddAsync(
                options.GetRequiredValue(name), CommandRunner.ReadPassword(), options.GetValue(email), options.GetValue(display), options.GetValue(roles) ?? [], CancellationToken.None);
            var added = await services.GetRequiredService<UserDirectory>().FindAsync(user.Id, CancellationToken.None);
            Report.Write(options.GetValue(json), UserLine.Of(added!), $"Added {user.UserName} with id {user.Id}");
            return 0;
        }));
        return command;
    }

    private static Command List(CommandRunner runner)
    {
        var json = AdminCommands.Json;
        var command = new Command("list", "List all users") { json };
        command.SetAction((options, _) => runner.RunAsync(async services =>
        {
            var views = (await services.GetRequiredService<UserDirectory>().AllAsync(CancellationToken.None)).Select(UserLine.Of).ToArray();
            if (options.GetValue(json)) Report.Write(asJson: true, views, "");
            else Table.Write(["user", "id", "active", "roles"], views.Select(u => new[] { u.UserName, u.Id, u.Active ? "yes" : "no", string.Join(", ", u.Roles) }));
            return 0;
        }));
        return command;
    }

    private static Command Roles(CommandRunner runner)
    {
        var wanted = new Argument<string[]>("role") { Description = "All roles that the user is to have; none takes every role away", Arity = ArgumentArity.ZeroOrMore };
        var force = Force;
        return OnOne(
            runner, "roles", "Set the roles of a user; the next refresh brings them, or all sessions end where Users:OnRoleChange says so",
            async (services, options, user) =>
            {
                services.GetRequiredService<LastAdministrator>().IsWaived = options.GetValue(force);
                var roles = options.GetValue(wanted) ?? [];
                var ended = await services.GetRequiredService<UserAdministration>().SetRolesAsync(user.UserName!, roles, CancellationToken.None);
                return (ended, $"Roles of {user.UserName}: {(roles.Length == 0 ? "none" : string.Join(", ", roles))}; {ended} session(s) ended");
            },
            wanted, force);
    }

    private static Command Disable(CommandRunner runner)
    {
        var force = Force;
        return OnOne(
            runner, "disable", "Bar a user from signing in and refreshing, and end all sessions (see Users:OnDisable)",
            async (services, options, user) =>
            {
                services.GetRequiredService<LastAdministrator>().IsWaived = options.GetValue(force);
                var ended = await services.GetRequiredService<UserAdministration>().DisableAsync(user.UserName!, CancellationToken.None);
                return (ended, $"Disabled {user.UserName}; {ended} session(s) ended");
            },
            force);
    }

    private static Command OnOne(CommandRunner runner, string verb, string description, Func<UserAdministration, User, Task<(int Ended, string Text)>> act) =>
        OnOne(runner, verb, description, (services, _, user) => act(services.GetRequiredService<UserAdministration>(), user));

    /// <summary>A command about one user, who is its first argument. Its JSON is <see cref="ChangedUserLine"/>.</summary>
    /// <param name="act">Returns how many sessions were ended, and the sentence for people.</param>
    /// <param name="further">Arguments and options.</param>
    public static Command OnOne(
        CommandRunner runner, string verb, string description, Func<IServiceProvider, ParseResult, User, Task<(int Ended, string Text)>> act, params Symbol[] further)
    {
        var name = NameArgument();
        var json = AdminCommands.Json;
        var command = new Command(verb, description) { name };
        foreach (var argument in further.OfType<Argument>()) command.Add(argument);
        foreach (var option in further.OfType<Option>()) command.Add(option);
        command.Add(json);
        command.SetAction((options, _) => runner.RunAsync(async services =>
        {
            var user = await services.GetRequiredService<UserAdministration>().FindAsync(options.GetRequiredValue(name));
            var (ended, text) = await act(services, options, user);
            Report.Write(options.GetValue(json), new ChangedUserLine(user.Id, user.UserName!, ended), text);
            return 0;
        }));
        return command;
    }
}

/// <summary>A user in the JSON of the commands.</summary>
internal sealed record UserLine(
    string Id, string UserName, string? DisplayName, string? Email, bool Active, DateTimeOffset? LockoutEnd, IReadOnlyList<string> Roles)
{
    public static UserLine Of(ListedUser listed) => new(
        listed.User.Id, listed.User.UserName!, listed.User.DisplayName, listed.User.Email, listed.User.IsActive, listed.User.LockoutEnd, listed.Roles);
}

/// <summary>What was done to a user, in the JSON of the commands.</summary>
internal sealed record ChangedUserLine(string Id, string UserName, int SessionsEnded);
