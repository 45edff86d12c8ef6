using System.CommandLine;
using System.Text.Json;
using FrontDoor.TokenService.Users;

namespace FrontDoor.TokenService.Commands;

/// <summary><c>users add|list|set|roles|import|disable|enable|reset-password</c>.</summary>
internal static class UserCommands
{
    public static Command Create(CommandRunner runner) => new("users", "Add, list, change, import, disable and enable users, set roles and reset passwords")
    {
        Add(runner),
        List(runner),
        UserSetCommand.Create(runner),
        Roles(runner),
        ImportCommand.Create(runner),
        OnOne(runner, "disable", "Bar a user from signing in and refreshing, and end all sessions", async (users, name) =>
            $"Disabled {name}; {await users.DisableAsync(name, CancellationToken.None)} session(s) ended"),
        OnOne(runner, "enable", "Let a user sign in again; lifts a lock, too", async (users, name) =>
        {
            await users.EnableAsync(name);
            return $"Enabled {name}";
        }),
        OnOne(runner, "reset-password", "Set a new password, read from a prompt or standard input, and end all sessions", async (users, name) =>
            $"Password of {name} set; {await users.ResetPasswordAsync(name, CommandRunner.ReadPassword(), CancellationToken.None)} session(s) ended"),
    };

    private static Command Add(CommandRunner runner)
    {
        var name = NameArgument();
        var roles = new Option<string[]>("--role") { Description = "A role; may be given several times", AllowMultipleArgumentsPerToken = false };
        var display = new Option<string?>("--display-name") { Description = "The name claim; default the user name" };
        var email = new Option<string?>("--email") { Description = "The e-mail address; default none, or the user name where users sign in by e-mail" };
        var command = new Command("add", "Add a user; the password is read from a prompt or standard input") { name, roles, display, email };
        command.SetAction((options, _) => runner.RunAsync(async services =>
        {
            var user = await services.GetRequiredService<UserAdministration>().AddAsync(
                options.GetRequiredValue(name), CommandRunner.ReadPassword(), options.GetValue(email), options.GetValue(display), options.GetValue(roles) ?? [], CancellationToken.None);
            Console.WriteLine($"Added {user.UserName} with id {user.Id}");
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
            var users = await services.GetRequiredService<UserDirectory>().AllAsync(CancellationToken.None);
            var views = users.Select(u => new { u.User.Id, u.User.UserName, u.User.DisplayName, u.User.Email, Active = u.User.IsActive, u.User.LockoutEnd, u.Roles }).ToArray();
            if (options.GetValue(json)) Console.WriteLine(JsonSerializer.Serialize(views, AdminCommands.JsonOutput));
            else Table.Write(["user", "id", "active", "roles"], views.Select(u => new[] { u.UserName!, u.Id, u.Active ? "yes" : "no", string.Join(", ", u.Roles) }));
            return 0;
        }));
        return command;
    }

    private static Command Roles(CommandRunner runner)
    {
        var name = NameArgument();
        var roles = new Argument<string[]>("role") { Description = "All roles that the user is to have; none takes every role away", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("roles", "Set the roles of a user; the next refresh brings them, or all sessions end where Users:OnRoleChange says so") { name, roles };
        command.SetAction((options, _) => runner.RunAsync(async services =>
        {
            var (user, wanted) = (options.GetRequiredValue(name), options.GetValue(roles) ?? []);
            var ended = await services.GetRequiredService<UserAdministration>().SetRolesAsync(user, wanted, CancellationToken.None);
            Console.WriteLine($"Roles of {user}: {(wanted.Length == 0 ? "none" : string.Join(", ", wanted))}; {ended} session(s) ended");
            return 0;
        }));
        return command;
    }

    private static Command OnOne(CommandRunner runner, string verb, string description, Func<UserAdministration, string, Task<string>> act)
    {
        var name = NameArgument();
        var command = new Command(verb, description) { name };
        command.SetAction((options, _) => runner.RunAsync(async services =>
        {
            Console.WriteLine(await act(services.GetRequiredService<UserAdministration>(), options.GetRequiredValue(name)));
            return 0;
        }));
        return command;
    }

    private static Argument<string> NameArgument() => new("user") { Description = "The user name" };
}
