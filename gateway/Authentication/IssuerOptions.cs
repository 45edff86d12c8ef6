using Microsoft.Extensions.Options;

namespace FrontDoor.Gateway.Authentication;

/// <summary>One issuer whose tokens are accepted. Section <c>Issuers</c>, one entry each under a name of your choice.</summary>
internal sealed record IssuerOptions
{
    public const string Section = "Issuers";

    /// <summary>The exact <c>iss</c> claim. Required; with <see cref="SigningKeyFile"/> empty (default) means tokens that have none.</summary>
    public string Issuer { get; init; } = "";

    /// <summary>
    /// Address of the discovery document as this gateway reaches it, e.g. <c>http://token-service:8090/.well-known/openid-configuration</c>.
    /// Default: below <see cref="Issuer"/>. When it is on another origin than the issuer, the document's <c>jwks_uri</c> on the issuer's origin
    /// is fetched from there too: the public origin is this gateway.
    /// </summary>
    public string? MetadataAddress { get; init; }

    /// <summary>Accepted <c>aud</c> values; a token needs one of them. Required; with <see cref="SigningKeyFile"/> empty (default) means tokens that have none.</summary>
    public IReadOnlyList<string> Audiences { get; init; } = [];

    /// <summary>
    /// Accepted <c>alg</c> values. Default <c>ES256</c>, with a <see cref="SecretFile"/> <c>HS256</c>, with both sources of keys both. An HS one needs a
    /// <see cref="SecretFile"/>, another one a metadata address; whichever is allowed, each key has one of its own.
    /// </summary>
    public IReadOnlyList<string> Algorithms { get; init; } = [];

    /// <summary>
    /// File with the issuer's HMAC secrets, the same that its token service has (<c>keys new-secret</c>), mode 0600; read anew as often as keys are fetched.
    /// The metadata is then fetched only if <see cref="MetadataAddress"/> is given, too, as in a change of the algorithm. Default none.
    /// </summary>
    public string? SecretFile { get; init; }

    /// <summary>
    /// For a cut-over: file with the text of a Django site's <c>SIGNING_KEY</c>, mode 0600, at least 32 bytes. Accepts simplejwt's HS256 access tokens, which
    /// have no <c>kid</c>, until <see cref="Until"/>. Default none.
    /// </summary>
    public string? SigningKeyFile { get; init; }

    /// <summary>The claim that names the user in tokens of a <see cref="SigningKeyFile"/>, text or a whole number. Default <c>user_id</c>.</summary>
    public string UserClaim { get; init; } = "user_id";

    /// <summary>From then on every token of this issuer is refused, e.g. <c>2027-01-31T00:00:00Z</c>. Required by <see cref="SigningKeyFile"/>; default never.</summary>
    public DateTimeOffset? Until { get; init; }

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

    /// <summary>Whether this is a Django site whose tokens name neither key nor, mostly, issuer.</summary>
    public bool IsFormer => SigningKeyFile is not null;

    /// <summary>Whether keys are fetched at all.</summary>
    public bool FetchesKeys => !IsFormer && (SecretFile is null || !string.IsNullOrEmpty(MetadataAddress));

    /// <summary>The algorithms, with the default applied.</summary>
    public IReadOnlyList<string> EffectiveAlgorithms => this switch
    {
        { IsFormer: true } => ["HS256"],
        { Algorithms.Count: > 0 } => Algorithms,
        { SecretFile: null } => ["ES256"],
        { FetchesKeys: true } => ["ES256", "HS256"],
        _ => ["HS256"],
    };

    /// <summary>The types, with the default applied.</summary>
    public IReadOnlyList<string> EffectiveTypes => Types.Count > 0 ? Types : ["at+jwt"];

    /// <summary>The metadata address, with the default applied.</summary>
    public string EffectiveMetadataAddress => MetadataAddress ?? Issuer + "/.well-known/openid-configuration";
}

/// <summary>All issuers by name.</summary>
internal sealed class IssuersOptions : Dictionary<string, IssuerOptions>;

internal sealed class IssuersOptionsValidator : IValidateOptions<IssuersOptions>
{
    private static readonly string[] Asymmetric = ["ES256", "ES384", "ES512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512"];

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
        if (issuer.IsFormer) CheckFormer(path, issuer, faults);
        else CheckSources(path, issuer, faults);

        if (issuer.ClockSkew < TimeSpan.Zero || issuer.ClockSkew > TimeSpan.FromSeconds(60))
            faults.AddError($"{path}:ClockSkew is {issuer.ClockSkew}; it must be from 00:00:00 to 00:01:00");
        if (issuer.KeyRefresh < TimeSpan.FromSeconds(1) || issuer.KeyRefresh > TimeSpan.FromHours(1))
            faults.AddError($"{path}:KeyRefresh is {issuer.KeyRefresh}; it must be from 00:00:01 to 01:00:00");
        issuer.Revocations?.Check($"{path}:Revocations", faults);
        if (issuer.UnknownKeyInterval < TimeSpan.FromSeconds(1) || issuer.UnknownKeyInterval > TimeSpan.FromMinutes(1))
            faults.AddError($"{path}:UnknownKeyInterval is {issuer.UnknownKeyInterval}; it must be from 00:00:01 to 00:01:00");
    }

    private static void CheckSources(string path, IssuerOptions issuer, ValidateOptionsResultBuilder faults)
    {
        if (issuer.Issuer.Length == 0) faults.AddError($"{path}:Issuer is missing; it is the exact iss claim");
        if (issuer.Audiences.Count == 0) faults.AddError($"{path}:Audiences is missing; name at least one accepted aud value");
        if (issuer.FetchesKeys && (!Uri.TryCreate(issuer.EffectiveMetadataAddress, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https")))
            faults.AddError($"{path}:MetadataAddress is '{issuer.EffectiveMetadataAddress}'; it must be an http(s) address");
        foreach (var algorithm in issuer.Algorithms.Except([.. Asymmetric, .. SecretKeys.Algorithms]))
            faults.AddError($"{path}:Algorithms has '{algorithm}'; legal values are {string.Join(", ", Asymmetric)}, and with a SecretFile {string.Join(", ", SecretKeys.Algorithms)}");
        // RFC 8725 section 3.1: an algorithm is allowed only beside the kind of key it is for.
        if (issuer.SecretFile is null && issuer.Algorithms.Intersect(SecretKeys.Algorithms).FirstOrDefault() is { } secret)
            faults.AddError($"{path}:Algorithms has {secret}, which needs a SecretFile");
        if (issuer.SecretFile is not null && !issuer.EffectiveAlgorithms.Intersect(SecretKeys.Algorithms).Any())
            faults.AddError($"{path}:SecretFile is of no use; Algorithms has none of {string.Join(", ", SecretKeys.Algorithms)}");
        if (!issuer.FetchesKeys && issuer.Algorithms.Intersect(Asymmetric).FirstOrDefault() is { } asymmetric)
            faults.AddError($"{path}:Algorithms has {asymmetric}, which beside a SecretFile needs a MetadataAddress");
        if (issuer.SecretFile is { } file && PrivateFile.FaultOf(file, SecretFile.Read) is { } fault) faults.AddError($"{path}:SecretFile: {fault}");
    }

    private static void CheckFormer(string path, IssuerOptions issuer, ValidateOptionsResultBuilder faults)
    {
        if (issuer.Until is null) faults.AddError($"{path}:Until is missing; a SigningKeyFile needs the date after which its tokens are refused, e.g. 2027-01-31T00:00:00Z");
        if (issuer.UserClaim.Length == 0) faults.AddError($"{path}:UserClaim is empty");
        if (issuer is not { SecretFile: null, MetadataAddress: null, Algorithms.Count: 0, Types.Count: 0, Revocations: null })
            faults.AddError($"{path}: SecretFile, MetadataAddress, Algorithms, Types and Revocations do not go with a SigningKeyFile; its tokens are simplejwt's, HS256 and typ JWT");
        if (PrivateFile.FaultOf(issuer.SigningKeyFile!, FormerKey.Read) is { } fault) faults.AddError($"{path}:SigningKeyFile: {fault}");
    }
}
