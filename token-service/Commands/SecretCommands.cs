using System.CommandLine;
using FrontDoor.TokenService.Keys;
using FrontDoor.TokenService.Users;

namespace FrontDoor.TokenService.Commands;

/// <summary><c>keys new-secret|use-next</c>. They work on a secret file alone, wherever it is, and need no configuration.</summary>
internal static class SecretCommands
{
    private static Argument<FileInfo> PathArgument => new("file") { Description = "The secret file (Keys:SecretFile, at gateways Issuers:<name>:SecretFile)" };

    public static Command CreateNew()
    {
        var file = PathArgument;
        var algorithm = new Option<string>("--algorithm") { Description = "HS256 (default), HS384 or HS512", DefaultValueFactory = _ => "HS256" };
        algorithm.AcceptOnlyFromAmong([.. HmacSecret.Algorithms]);
        var json = AdminCommands.Json;
        var command = new Command("new-secret", "Make an HMAC secret: the current one of a new file, the next one of a file that exists") { file, algorithm, json };
        command.SetAction((options, _) => ChangeAsync(options.GetRequiredValue(file), options.GetValue(json), path =>
        {
            var secret = HmacSecret.Create(options.GetRequiredValue(algorithm));
            if (!File.Exists(path)) return (new SecretFile(secret), $"Made {secret} as the current secret of {path}. Give the file to every token service and gateway");
            var present = SecretFile.Read(path);
            return present.Next is null
                ? (present with { Next = secret }, $"Made {secret} as the next secret of {path}. Give the file to every token service and gateway, then: keys use-next '{path}'")
                : throw new AdministrationException($"{path} has a next secret already. Use it first: keys use-next '{path}'");
        }));
        return command;
    }

    public static Command CreateUseNext()
    {
        var file = PathArgument;
        var json = AdminCommands.Json;
        var command = new Command("use-next", "Make the next secret current. The one before verifies on; the one before that goes, so wait until its last token has expired (RefreshTokens:Lifetime)") { file, json };
        command.SetAction((options, _) => ChangeAsync(options.GetRequiredValue(file), options.GetValue(json), path => SecretFile.Read(path) is { Next: { } next, Current: var current }
            ? (new SecretFile(next, Previous: current), $"{next} is the current secret of {path} and signs after Keys:PublishAhead. Give the file to every token service and gateway")
            : throw new AdministrationException($"{path} has no next secret. Make one: keys new-secret '{path}'")));
        return command;
    }

    private static Task<int> ChangeAsync(FileInfo file, bool asJson, Func<string, (SecretFile File, string Done)> change) => StartupFault.ReportAsync(() =>
    {
        var (changed, done) = change(file.FullName);
        changed.Write(file.FullName);
        Report.Write(asJson, SecretFileView.Of(file.FullName, changed), done);
        return Task.CompletedTask;
    });
}

/// <summary>Which secrets a file has now, in the JSON of the commands; never the secrets.</summary>
internal sealed record SecretFileView(string File, SecretFileView.Entry Current, SecretFileView.Entry? Next, SecretFileView.Entry? Previous)
{
    public static SecretFileView Of(string path, SecretFile file) => new(path, Entry.Of(file.Current)!, Entry.Of(file.Next), Entry.Of(file.Previous));

    internal sealed record Entry(string Kid, string Algorithm)
    {
        public static Entry? Of(HmacSecret? secret) => secret is null ? null : new(secret.Kid, secret.Alg);
    }
}
