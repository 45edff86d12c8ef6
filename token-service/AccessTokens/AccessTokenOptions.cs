using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.AccessTokens;

/// <summary>What is issued and for whom. Section <c>AccessTokens</c>.</summary>
internal sealed record AccessTokenOptions
{
    public const string Section = "AccessTokens";

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
}

internal sealed record ScopeOptions
{
    /// <summary>Scopes of every user. Default none.</summary>
    public IReadOnlyList<string> Everyone { get; init; } = [];

    /// <summary>Further scopes by role name. Default none.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> ByRole { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    // RFC 6749 section 3.3: scope-token = 1*( %x21 / %x23-5B / %x5D-7E )
    public static bool IsScope(string scope) => scope.Length > 0 && scope.All(c => c is >= '!' and <= '~' and not ('"' or '\\'));

    /// <returns>The scopes of a user with these roles, each once, in a stable order.</returns>
    public IReadOnlyList<string> Of(IEnumerable<string> roles) =>
        [.. Everyone.Concat(roles.SelectMany(r => ByRole.TryGetValue(r, out var scopes) ? scopes : [])).Distinct().Order(StringComparer.Ordinal)];
}

internal sealed class AccessTokenOptionsValidator : IValidateOptions<AccessTokenOptions>
{
    public ValidateOptionsResult Validate(string? name, AccessTokenOptions options)
    {
        var faults = new ValidateOptionsResultBuilder();
        if (!Uri.TryCreate(options.Issuer, UriKind.Absolute, out var issuer) || issuer.Scheme is not ("http" or "https")
            || issuer.Query.Length > 0 || issuer.Fragment.Length > 0 || options.Issuer.EndsWith('/'))
            faults.AddError($"AccessTokens:Issuer is '{options.Issuer}'; it must be an http(s) address without query, fragment or trailing slash");
        if (string.IsNullOrWhiteSpace(options.Audience))
            faults.AddError("AccessTokens:Audience is empty");
        if (options.Lifetime < TimeSpan.FromSeconds(1) || options.Lifetime > TimeSpan.FromHours(1))
            faults.AddError($"AccessTokens:Lifetime is {options.Lifetime}; it must be from 00:00:01 to 01:00:00");
        foreach (var scope in options.Scopes.Everyone.Concat(options.Scopes.ByRole.Values.SelectMany(s => s)).Where(s => !ScopeOptions.IsScope(s)))
            faults.AddError($"AccessTokens:Scopes has '{scope}'; a scope is visible ASCII without space, quote or backslash");

        return faults.Build();
    }
}
