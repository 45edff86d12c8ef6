using FrontDoor.TokenService.AccessTokens;
using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.Clients;

/// <summary>Section <c>Clients</c>.</summary>
internal sealed record ClientOptions
{
    public const string Section = "Clients";

    /// <summary>Lifetime of a client's access token. Default 5 minutes; from 1 second to 1 hour (RFC 9068, security contract 1.6).</summary>
    public TimeSpan TokenLifetime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long the previous secret is taken after a rotation, so that a service can change over. Default 24 hours; from 0 to 30 days.</summary>
    public TimeSpan PreviousSecretLifetime { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Clients made at start when absent, by id. Existing clients are left alone.</summary>
    public IReadOnlyDictionary<string, SeedClient> Seed { get; init; } = new Dictionary<string, SeedClient>();
}

/// <summary>A client to make at start when absent.</summary>
internal sealed record SeedClient
{
    /// <summary>A file whose content is the secret (trailing line break ignored), at least 32 characters. Required.</summary>
    public string SecretFile { get; init; } = "";

    /// <summary>What it is, for people. Default none.</summary>
    public string? Name { get; init; }

    /// <summary>What it may ask for. Default none.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>The <c>aud</c> of its tokens. Default <c>AccessTokens:Audience</c>.</summary>
    public string? Audience { get; init; }
}

internal sealed class ClientOptionsValidator : IValidateOptions<ClientOptions>
{
    public ValidateOptionsResult Validate(string? name, ClientOptions options)
    {
        var faults = new ValidateOptionsResultBuilder();
        if (options.TokenLifetime < TimeSpan.FromSeconds(1) || options.TokenLifetime > AccessTokenOptions.LongestLifetime)
            faults.AddError($"Clients:TokenLifetime is {options.TokenLifetime}; it must be from 00:00:01 to 01:00:00");
        if (options.PreviousSecretLifetime < TimeSpan.Zero || options.PreviousSecretLifetime > TimeSpan.FromDays(30))
            faults.AddError($"Clients:PreviousSecretLifetime is {options.PreviousSecretLifetime}; it must be from 00:00:00 to 30.00:00:00");
        foreach (var (id, seed) in options.Seed)
        {
            if (!File.Exists(seed.SecretFile)) faults.AddError($"Clients:Seed:{id}:SecretFile names a file that does not exist: '{seed.SecretFile}'");
            else if (ClientSecrets.Read(seed.SecretFile).Length < ClientSecrets.ShortestGiven)
                faults.AddError($"Clients:Seed:{id}:SecretFile must hold at least {ClientSecrets.ShortestGiven} characters: {seed.SecretFile}");
            foreach (var (_, fault) in ClientRules.Faults(id, seed.Name, seed.Scopes, seed.Audience)) faults.AddError($"Clients:Seed:{id}: {fault}");
        }

        return faults.Build();
    }
}
