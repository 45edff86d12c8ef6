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
    /// <see cref="SecretFile"/>, another one a metadata address or a <see cref="KeysFile"/>; whichever is allowed, each key has one of its own.
    /// </summary>
    public IReadOnlyList<string> Algorithms { get; init; } = [];

    /// <summary>
    /// File with the issuer's HMAC secrets, the same that its token service has (<c>keys new-secret</c>), mode 0600; read anew as often as keys are fetched.
    /// The metadata is then fetched only if <see cref="MetadataAddress"/> is given, too, as in a change of the algorithm. Default none.
    /// </summary>
    public string? SecretFile { get; init; }

    /// <summary>
    /// File with the issuer's public keys: PEM (public keys, certificates) or a JWKS; read anew as often as keys are fetched. Nothing is fetched then. The
    /// kid of a PEM key is its RFC 7638 thumbprint; a token without kid is accepted when exactly one key of the file fits its algorithm. Default none.
    /// </summary>
    public string? KeysFile { get; init; }

    /// <summary>
    /// Where the last keys that were fetched are kept, so that a gateway can start while its issuer is down; in a folder
    /// that only the gateway can write to. Default none: in memory alone.
    /// </summary>
    public string? KeysStateFile { get; init; }

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
    /// Accepted <c>typ</c> values, compared without case. Default <c>at+jwt</c> (RFC 9068). <c>st+jwt</c> lets in sliding tokens as well, which renew
    /// themselves. <c>JWT</c> is also what id tokens say; <see cref="Audiences"/> then must name the API, never a client.
    /// </summary>
    public IReadOnlyList<string> Types { get; init; } = [];

    /// <summary>Which claims say who it is and what he may do.</summary>
    public ClaimNames Claims { get; init; } = new();

    /// <summary>Longest time from a token's <c>iat</c> to its <c>exp</c>; a token without <c>iat</c>, or with one in the future, is then refused. Default any; at least 1 second.</summary>
    public TimeSpan? MaxLifetime { get; init; }

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
    public bool FetchesKeys => !IsFormer && KeysFile is null && (SecretFile is null || !string.IsNullOrEmpty(MetadataAddress));

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
