using FrontDoor.TokenService.Clients;
using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.AccessTokens;

/// <summary>What is issued and for whom. Section <c>AccessTokens</c>.</summary>
internal sealed record AccessTokenOptions
{
    public const string Section = "AccessTokens";

    /// <summary>The longest that any token for back ends may live, a client's and a sliding one as well.</summary>
    public static readonly TimeSpan LongestLifetime = TimeSpan.FromHours(1);

    /// <summary>
    /// The <c>iss</c> claim and the base of the addresses in the discovery document: the public origin that clients see, without a
    /// trailing slash, independent of the ports this service listens on. Default <c>http://localhost:8080</c>, the demo gateway.
    /// </summary>
    public string Issuer { get; init; } = "http://localhost:8080";

    /// <summary>The <c>aud</c> claim of access tokens. Default <c>front-door</c>.</summary>
    public string Audience { get; init; } = "front-door";

    /// <summary>Lifetime of an access token. Default 5 minutes; from 1 second to 1 hour (RFC 9068, security contract 1.6).</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Which scopes a token carries.</summary>
    public ScopeOptions Scopes { get; init; } = new();

    /// <summary>
    /// Further claims by name, and where each comes from: <c>UserName</c>, <c>DisplayName</c>, <c>Email</c>, <c>EmailConfirmed</c>, <c>PhoneNumber</c>,
    /// or <c>claim:&lt;type&gt;</c> for what <c>users set --claim</c> gave the user (a text, or an array of several). Read anew at each refresh; a claim
    /// without a value is left out. Default none.
    /// </summary>
    public IReadOnlyDictionary<string, string> Claims { get; init; } = new Dictionary<string, string>();
}

internal sealed class AccessTokenOptionsValidator : IValidateOptions<AccessTokenOptions>
{
    // What this service says itself, and what RFC 7519, 7800, 8693 and 9068 give a meaning to.
    private static readonly HashSet<string> Registered = new(StringComparer.OrdinalIgnoreCase)
    {
        "iss", "sub", "aud", "exp", "nbf", "iat", "jti", "sid", "token_type", "user_id", "name", "roles", "scope", "ctr", "refresh_exp", AccessTokenIssuer.NarrowedClaim,
        "cnf", "act", "may_act", "client_id", ClientTokens.RegistrationClaim, "azp", "auth_time", "acr", "amr",
    };

    public ValidateOptionsResult Validate(string? name, AccessTokenOptions options)
    {
        var faults = new ValidateOptionsResultBuilder();
        if (!Uri.TryCreate(options.Issuer, UriKind.Absolute, out var issuer) || issuer.Scheme is not ("http" or "https")
            || issuer.Query.Length > 0 || issuer.Fragment.Length > 0 || options.Issuer.EndsWith('/'))
            faults.AddError($"AccessTokens:Issuer is '{options.Issuer}'; it must be an http(s) address without query, fragment or trailing slash");
        if (string.IsNullOrWhiteSpace(options.Audience))
            faults.AddError("AccessTokens:Audience is empty");
        if (options.Lifetime < TimeSpan.FromSeconds(1) || options.Lifetime > AccessTokenOptions.LongestLifetime)
            faults.AddError($"AccessTokens:Lifetime is {options.Lifetime}; it must be from 00:00:01 to 01:00:00");
        foreach (var scope in options.Scopes.Everyone.Concat(options.Scopes.ByRole.Values.SelectMany(s => s)).Where(s => !ScopeText.IsToken(s)))
            faults.AddError($"AccessTokens:Scopes has '{scope}'; a scope is visible ASCII without space, quote or backslash");

        foreach (var (claim, source) in options.Claims)
        {
            if (Registered.Contains(claim)) faults.AddError($"AccessTokens:Claims:{claim} is a claim that this service sets itself or that a standard defines");
            else if (!ClaimSource.IsName(claim)) faults.AddError($"AccessTokens:Claims has '{claim}'; a name is 1 to 128 letters, digits or _ . : / # -");
            if (ClaimSource.Read(source) is null) faults.AddError($"AccessTokens:Claims:{claim} is '{source}'; legal values are {ClaimSource.LegalValues}");
        }

        return faults.Build();
    }
}
