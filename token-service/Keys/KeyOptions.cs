using FrontDoor.TokenService.Commands;
using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.Keys;

/// <summary>Section <c>Keys</c>.</summary>
internal sealed record KeyOptions
{
    public const string Section = "Keys";

    /// <summary>
    /// File with the key (32 bytes, Base64) that encrypts private signing keys in the database. Default <c>encryption.key</c> in the data
    /// directory, made at first start with mode 0600. Nodes that share a database share this key. Losing it means losing the signing keys.
    /// </summary>
    public string? EncryptionKeyFile { get; init; }

    /// <summary>
    /// Algorithm of new keys: <c>ES256</c> (default), <c>ES384</c>, <c>RS256</c> or <c>PS256</c>; or <c>HS256</c>, <c>HS384</c> or <c>HS512</c>, whose keys come
    /// from <see cref="SecretFile"/>. A change is a rotation: the present key signs until the new one has been known for <see cref="PublishAhead"/>. Gateways
    /// must allow the new one beforehand (<c>Issuers:…:Algorithms</c>), and have the secret file.
    /// </summary>
    public string Algorithm { get; init; } = "ES256";

    /// <summary>
    /// File with the HMAC secrets (<see cref="Keys.SecretFile"/>), made by <c>keys new-secret</c>, mode 0600; gateways have the same. Required by an HS
    /// algorithm; beside another one its secrets still verify what they signed. Read anew every <see cref="PollInterval"/>. Default none.
    /// </summary>
    public string? SecretFile { get; init; }

    /// <summary>Whether the secret file's current secret signs.</summary>
    public bool SignsWithSecret => HmacSecret.Algorithms.Contains(Algorithm);

    /// <summary>How long a key signs; HMAC keys rotate by their file alone. Default 30 days; at least twice <see cref="PublishAhead"/>.</summary>
    public TimeSpan RotateEvery { get; init; } = TimeSpan.FromDays(30);

    /// <summary>
    /// How long a key is published before it signs. Default 10 minutes; at least 1 second. Must exceed the time in which gateways fetch keys anew and
    /// twice <see cref="PollInterval"/>.
    /// </summary>
    public TimeSpan PublishAhead { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How often the database is looked at for keys of other nodes or commands, and for due rotations. Default 10 seconds; from 100 ms to 1 minute.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The schedule these settings make.</summary>
    /// <param name="tokenLifetimes">Of all kinds of tokens that keys sign.</param>
    public KeySchedule Schedule(params TimeSpan[] tokenLifetimes) => new(
        (long)RotateEvery.TotalMilliseconds,
        (long)PublishAhead.TotalMilliseconds,
        (long)tokenLifetimes.Max().TotalMilliseconds + KeySchedule.ClockDifference);
}

internal sealed class KeyOptionsValidator : IValidateOptions<KeyOptions>
{
    public ValidateOptionsResult Validate(string? name, KeyOptions options)
    {
        var faults = new ValidateOptionsResultBuilder();
        string[] algorithms = [.. KeyMaterial.Algorithms, .. HmacSecret.Algorithms];
        if (!algorithms.Contains(options.Algorithm))
            faults.AddError($"Keys:Algorithm is '{options.Algorithm}'; legal values are {string.Join(", ", algorithms)}");
        CheckSecretFile(options, faults);
        if (options.PublishAhead < TimeSpan.FromSeconds(1)) faults.AddError($"Keys:PublishAhead is {options.PublishAhead}; it must be at least 00:00:01");
        if (options.RotateEvery < 2 * options.PublishAhead)
            faults.AddError($"Keys:RotateEvery is {options.RotateEvery}; it must be at least twice PublishAhead ({options.PublishAhead})");
        if (options.PollInterval < TimeSpan.FromMilliseconds(100) || options.PollInterval > TimeSpan.FromMinutes(1))
            faults.AddError($"Keys:PollInterval is {options.PollInterval}; it must be from 00:00:00.1 to 00:01:00");
        else if (options.PublishAhead < 2 * options.PollInterval)
            faults.AddError($"Keys:PublishAhead is {options.PublishAhead}; it must be at least twice PollInterval ({options.PollInterval})");
        return faults.Build();
    }

    private static void CheckSecretFile(KeyOptions options, ValidateOptionsResultBuilder faults)
    {
        if (options.SecretFile is null)
        {
            if (options.SignsWithSecret) faults.AddError($"Keys:SecretFile is missing; {options.Algorithm} needs one. Make it with: keys new-secret FILE --algorithm {options.Algorithm}");
            return;
        }

        try
        {
            SecretFile.Read(options.SecretFile, options);
        }
        catch (Exception e) when (e is StartupFaultException or IOException or UnauthorizedAccessException)
        {
            faults.AddError($"Keys:SecretFile: {e.Message}");
        }
    }
}
