using System.CommandLine;
using FrontDoor.TokenService.Users;

namespace FrontDoor.TokenService.Commands;

/// <summary><c>users import</c>.</summary>
internal static class ImportCommand
{
    public static Command Create(CommandRunner runner)
    {
        var file = new Argument<FileInfo>("file") { Description = "JSON of `manage.py dumpdata auth`, or a CSV export of auth_user with a header line" };
        file.AcceptExistingOnly();
        var staffRole = new Option<string?>("--staff-role") { Description = "The role that is_staff becomes; default none" };
        var superuserRole = new Option<string?>("--superuser-role") { Description = "The role that is_superuser becomes; default none" };
        var model = new Option<string>("--user-model") { Description = "The user model's label in the JSON, such as accounts.user", DefaultValueFactory = _ => DjangoUsers.DefaultModel };
        var json = AdminCommands.Json;
        var command = new Command("import", "Import Django's users with ids, groups (as roles) and passwords (PBKDF2, Argon2, bcrypt, scrypt), renewed at the next sign-in")
        {
            file, staffRole, superuserRole, model, json,
        };
        command.SetAction((options, _) => runner.RunAsync(async services =>
        {
            var users = DjangoUsers.Read(options.GetRequiredValue(file).FullName, options.GetRequiredValue(model));
            var result = await services.GetRequiredService<UserImport>().RunAsync(users, options.GetValue(staffRole), options.GetValue(superuserRole), CancellationToken.None);
            Report.Write(options.GetValue(json), result, $"Added {result.Added} user(s); {result.Existing} existed already");
            if (result.WithoutPassword.Count > 0 && !options.GetValue(json))
            {
                var formats = string.Join(", ", result.WithoutPassword.Select(f => $"{f.Key}: {f.Value}"));
                Console.WriteLine($"{result.WithoutPassword.Values.Sum()} of them have no password that can be checked here ({formats}) and need: users reset-password");
            }

            return 0;
        }));
        return command;
    }
}
