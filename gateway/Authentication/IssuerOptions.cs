using Microsoft.Extensions.Options;

namespace FrontDoor.Gateway.Authentication;

/// <summary>One issuer whose tokens are accepted. Section <c>Issuers</c>, one entry each under a name of your choice.</summary>
internal sealed record IssuerOptions
{
    public const string Section = "Issuers";

    /// <summary>The exact <c>iss</c> claim. Required.</summary>
    public string Issuer { get; init; } = "";

    /// <summary>
    /// Address of the discovery document as this gateway reaches it, e.g. <c>http://token-service:8090/.well-known/openid-configuration</c>.
    /// Default: below <see cref="Issuer"/>. When it is on another origin than the issuer, the document's <c>jwks_uri</c> on the issuer's origin
    /// is fetched from there too: the public origin is this gateway.
    /// </summary>
    public string? MetadataAddress { get; init; }

    /// <summary>Accepted <c>aud</c> values; a token needs one of them. Required.</summary>
    public IReadOnlyList<string> Audiences { get; init; } = [];

    /// <summary>Accepted <c>alg</c> values; asymmetric ones only. Default <c>ES256</c>.</summary>
    public IReadOnlyList<string> Algorithms { get; init; } = [];

    /// <summary>
    /// Accepted <c>typ</c> values, compared without case. Default <c>at+jwt</c> (RFC 9068). <c>st+jwt</c> lets in sliding tokens as well, which renew themselves.
    /// </summary>
    public IReadOnlyList<string> Types { get; init; } = [];

    /// <summary>Allowed difference between the issuer's clock and ours. Default 5 seconds; from 0 to 60 seconds.</summary>
    public TimeSpan ClockSkew { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often keys are fetched anew. A withdrawn key is refused after at most this time. Default 1 minute; from 1 second to 1 hour.</summary>
    public TimeSpan KeyRefresh { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Least time between two fetches that unknown key ids cause. Default 10 seconds; from 1 second to 1 minute.</summary>
    public TimeSpan UnknownKeyInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The issuer's revocation feed. Default null: its tokens live to their <c>exp</c>.</summary>
    public RevocationOptions? Revocations { get; init; }

    /// <summary>The algorithms, with the default applied.</summary>
    public IReadOnlyList<string> EffectiveAlgorithms => Algorithms.Count > 0 ? Algorithms : ["ES256"];

    /// <summary>The types, with the default applied.</summary>
    public IReadOnlyList<string> EffectiveTypes => Types.Count > 0 ? Types : ["at+jwt"];

    /// <summary>The metadata address, with the default applied.</summary>
    public string EffectiveMetadataAddress => MetadataAddress ?? Issuer + "/.well-known/openid-configuration";
}

/// <summary>All issuers by name.</summary>
internal sealed class IssuersOptions : Dictionary<string, IssuerOptions>;

internal sealed class IssuersOptionsValidator : IValidateOptions<IssuersOptions>
{
    private static readonly string[] Supported = ["ES256", "ES384", "ES512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512"];

    public ValidateOptionsResult Validate(string? name, IssuersOptions options)
    {
        var faults = new ValidateOptionsResultBuilder();
        foreach (var (key, issuer) in options) Check($"Issuers:{key}", issuer, faults);
        foreach (var twice in options.GroupBy(o => o.Value.Issuer).Where(g => g.Count() > 1))
            faults.AddError($"Issuers: {string.Join(" and ", twice.Select(o => o.Key))} have the same Issuer '{twice.Key}'");
        return faults.Build();
    }

    private static void Check(string path, IssuerOptions issuer, ValidateOptionsResultBuilder faults)
    {
        if (issuer.Issuer.Length == 0) faults.AddError($"{path}:Issuer is missing; it is the exact iss claim");
        if (issuer.Audiences.Count == 0) faults.AddError($"{path}:Audiences is missing; name at least one accepted aud value");
        if (!Uri.TryCreate(issuer.EffectiveMetadataAddress, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            faults.AddError($"{path}:MetadataAddress is '{issuer.EffectiveMetadataAddress}'; it must be an http(s) address");
        foreach (var algorithm in issuer.Algorithms.Except(Supported))
            faults.AddError($"{path}:Algorithms has '{algorithm}'; legal values are {string.Join(", ", Supported)}");
        if (issuer.ClockSkew < TimeSpan.Zero || issuer.ClockSkew > TimeSpan.FromSeconds(60))
            faults.AddError($"{path}:ClockSkew is {issuer.ClockSkew}; it must be from 00:00:00 to 00:01:00");
        if (issuer.KeyRefresh < TimeSpan.FromSeconds(1) || issuer.KeyRefresh > TimeSpan.FromHours(1))
            faults.AddError($"{path}:KeyRefresh is {issuer.KeyRefresh}; it must be from 00:00:01 to 01:00:00");
        issuer.Revocations?.Check($"{path}:Revocations", faults);
        if (issuer.UnknownKeyInterval < TimeSpan.FromSeconds(1) || issuer.UnknownKeyInterval > TimeSpan.FromMinutes(1))
            faults.AddError($"{path}:UnknownKeyInterval is {issuer.UnknownKeyInterval}; it must be from 00:00:01 to 00:01:00");
    }
}
