using System.CommandLine;
using FrontDoor.TokenService.Users;

namespace FrontDoor.TokenService.Commands;

/// <summary><c>users set</c>.</summary>
internal static class UserSetCommand
{
    public static Command Create(CommandRunner runner)
    {
        var email = new Option<string?>("--email") { Description = "The e-mail address; an empty text clears it" };
        var confirmed = new Option<bool?>("--email-confirmed") { Description = "Whether the address is known to be the user's; a new one is not" };
        var display = new Option<string?>("--display-name") { Description = "The name claim; an empty text makes it the user name" };
        var phone = new Option<string?>("--phone") { Description = "The phone number; an empty text clears it" };
        var claims = new Option<string[]>("--claim") { Description = "type=value, several times for several; replaces all values of the type, type= removes them" };
        return UserCommands.OnOne(runner, "set", "Set what tokens say of a user; sessions say it from their next refresh on", async (services, options, user) =>
        {
            await services.GetRequiredService<UserFields>().SetAsync(
                user.UserName!,
                new UserFieldChanges(options.GetValue(email), options.GetValue(confirmed), options.GetValue(display), options.GetValue(phone), options.GetValue(claims)),
                CancellationToken.None);
            return (0, $"Set {user.UserName}");
        }, email, confirmed, display, phone, claims);
    }
}
