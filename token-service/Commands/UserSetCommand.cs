using System.CommandLine;
using FrontDoor.TokenService.Users;

namespace FrontDoor.TokenService.Commands;

/// <summary><c>users set</c>.</summary>
internal static class UserSetCommand
{
    public static Command Create(CommandRunner runner)
    {
        var name = new Argument<string>("user") { Description = "The user name" };
        var email = new Option<string?>("--email") { Description = "The e-mail address; an empty text clears it" };
        var confirmed = new Option<bool?>("--email-confirmed") { Description = "Whether the address is known to be the user's; a new one is not" };
        var display = new Option<string?>("--display-name") { Description = "The name claim; an empty text makes it the user name" };
        var phone = new Option<string?>("--phone") { Description = "The phone number; an empty text clears it" };
        var claims = new Option<string[]>("--claim") { Description = "type=value, several times for several; replaces all values of the type, type= removes them" };
        var command = new Command("set", "Set what tokens say of a user; sessions say it from their next refresh on") { name, email, confirmed, display, phone, claims };
        command.SetAction((options, _) => runner.RunAsync(async services =>
        {
            var user = options.GetRequiredValue(name);
            await services.GetRequiredService<UserFields>().SetAsync(
                user,
                new UserFieldChanges(options.GetValue(email), options.GetValue(confirmed), options.GetValue(display), options.GetValue(phone), options.GetValue(claims)),
                CancellationToken.None);
            Console.WriteLine($"Set {user}");
            return 0;
        }));
        return command;
    }
}
