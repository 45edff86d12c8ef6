using System.CommandLine;
using FrontDoor.TokenService.Users;
using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.Commands;

/// <summary><c>users delete</c>.</summary>
internal static class DeleteUserCommand
{
    public static Command Create(CommandRunner runner)
    {
        var yes = new Option<bool>("--yes") { Description = "Do not ask" };
        var force = UserCommands.Force;
        return UserCommands.OnOne(
            runner, "delete", "Delete a user for good and end all sessions; to bar somebody for a while: disable",
            async (services, options, user) =>
            {
                if (!options.GetValue(yes)) CommandRunner.Confirm($"Delete {user.UserName} (id {user.Id}) for good?");
                services.GetRequiredService<LastAdministrator>().IsWaived = options.GetValue(force);
                var ended = await services.GetRequiredService<UserAdministration>().DeleteAsync(user.UserName!, CancellationToken.None);
                if (services.GetRequiredService<IOptions<UserOptions>>().Value.Seed.Keys.Contains(user.UserName, StringComparer.OrdinalIgnoreCase))
                    await Console.Error.WriteLineAsync($"{user.UserName} stands in Users:Seed and will be made again at the next start; remove that entry, too");
                return (ended, $"Deleted {user.UserName}; {ended} session(s) ended");
            },
            yes, force);
    }
}
