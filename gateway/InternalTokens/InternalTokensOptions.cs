using FrontDoor.Gateway.Authentication;
using Microsoft.Extensions.Options;

namespace FrontDoor.Gateway.InternalTokens;

/// <summary>
/// Short tokens that this gateway signs, so that a back end need not trust the network. Section <c>InternalTokens</c>. They travel in
/// <c>X-Internal-Token</c>; the public key is at <c>/.well-known/gateway-jwks.json</c>.
/// </summary>
internal sealed record InternalTokensOptions
{
    public const string Section = "InternalTokens";

    /// <summary>Their <c>iss</c>. Required with any cluster.</summary>
    public string Issuer { get; init; } = "";

    /// <summary>
    /// The private key (P-256, PEM); made at start when there is none, mode 0600. Gateways that share back ends share it. Default null: a key in
    /// memory, new with each start. Read at start.
    /// </summary>
    public string? KeyFile { get; init; }

    /// <summary>How long one is good; never longer than the token it stands for. Default 1 minute; from 10 seconds to 10 minutes.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Clusters that get them, by id. Default none.</summary>
    public IReadOnlyDictionary<string, InternalAudienceOptions> Clusters { get; init; } = new Dictionary<string, InternalAudienceOptions>();
}

/// <summary>One cluster.</summary>
internal sealed record InternalAudienceOptions
{
    /// <summary>The <c>aud</c>. Default: the cluster's id.</summary>
    public string? Audience { get; init; }
}

internal sealed class InternalTokensOptionsValidator : IValidateOptions<InternalTokensOptions>
{
    public ValidateOptionsResult Validate(string? name, InternalTokensOptions options)
    {
        var faults = new ValidateOptionsResultBuilder();
        if (options.Clusters.Count > 0 && string.IsNullOrWhiteSpace(options.Issuer)) faults.AddError("InternalTokens:Issuer is missing; it is the iss claim that back ends expect");
        if (options.Lifetime < TimeSpan.FromSeconds(10) || options.Lifetime > TimeSpan.FromMinutes(10))
            faults.AddError($"InternalTokens:Lifetime is {options.Lifetime}; it must be from 00:00:10 to 00:10:00");
        foreach (var (cluster, _) in options.Clusters.Where(c => c.Value.Audience is not null && string.IsNullOrWhiteSpace(c.Value.Audience)))
            faults.AddError($"InternalTokens:Clusters:{cluster}:Audience is empty");
        if (options.KeyFile is { } file && FaultOf(file) is { } fault) faults.AddError($"InternalTokens:KeyFile: {fault}");
        return faults.Build();
    }

    private static string? FaultOf(string file)
    {
        if (file.Length == 0) return "it is empty; leave it out for a key in memory";
        if (File.Exists(file)) return PrivateFile.FaultOf(file, InternalKey.Check);
        var folder = Path.GetDirectoryName(Path.GetFullPath(file));
        return Directory.Exists(folder) ? null : $"{folder} does not exist, so no key can be kept there";
    }
}
