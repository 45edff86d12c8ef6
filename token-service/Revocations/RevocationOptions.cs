using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.Revocations;

/// <summary>Section <c>Revocations</c>.</summary>
internal sealed record RevocationOptions
{
    public const string Section = "Revocations";

    /// <summary>
    /// A file whose content is the secret that gateways present to follow the feed (trailing line break ignored). Default null: no feed, 404.
    /// </summary>
    public string? FeedKeyFile { get; init; }

    /// <summary>
    /// How often the database is looked at for what other nodes or commands revoked; this node's own revocations go out at once, and on PostgreSQL
    /// theirs do, too, while its notices arrive.
    /// Default 500 ms; from 50 ms to 10 s.
    /// </summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How often a quiet feed shows that it is alive. Default 5 s; from 1 s to 1 minute. A gateway's StaleAfter must be longer.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(5);
}

internal sealed class RevocationOptionsValidator : IValidateOptions<RevocationOptions>
{
    public ValidateOptionsResult Validate(string? name, RevocationOptions options)
    {
        var faults = new ValidateOptionsResultBuilder();
        if (options.FeedKeyFile is { } file && (!File.Exists(file) || File.ReadAllText(file).Trim().Length < 16))
            faults.AddError($"Revocations:FeedKeyFile must name a file with a secret of at least 16 characters: {file}");
        if (options.PollInterval < TimeSpan.FromMilliseconds(50) || options.PollInterval > TimeSpan.FromSeconds(10))
            faults.AddError($"Revocations:PollInterval is {options.PollInterval}; it must be from 00:00:00.05 to 00:00:10");
        if (options.Heartbeat < TimeSpan.FromSeconds(1) || options.Heartbeat > TimeSpan.FromMinutes(1))
            faults.AddError($"Revocations:Heartbeat is {options.Heartbeat}; it must be from 00:00:01 to 00:01:00");
        return faults.Build();
    }
}
