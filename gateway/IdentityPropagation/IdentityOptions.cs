using Microsoft.Extensions.Options;

namespace FrontDoor.Gateway.IdentityPropagation;

/// <summary>Which verified claims reach back ends, and how. Section <c>IdentityPropagation</c>.</summary>
internal sealed record IdentityOptions
{
    public const string Section = "IdentityPropagation";

    /// <summary>Claim name by header name. Client-sent copies of every header named here are removed. Default: see <see cref="DefaultHeaders"/>.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>Further client-sent headers to remove, by the start of their folded name (letters and digits alone). Default none.</summary>
    public IReadOnlyList<string> AlsoRemove { get; init; } = [];

    public IReadOnlyDictionary<string, string> EffectiveHeaders => Headers.Count > 0 ? Headers : DefaultHeaders;

    public static readonly IReadOnlyDictionary<string, string> DefaultHeaders = new Dictionary<string, string>
    {
        ["X-Forwarded-User"] = "sub",
        ["X-Forwarded-Name"] = "name",
        ["X-Forwarded-Roles"] = "roles",
        ["X-Forwarded-Scopes"] = "scope",
        // Equal to the user where a service calls for itself (RFC 9068 section 2.2).
        ["X-Forwarded-Client"] = "client_id",
    };
}

internal sealed class IdentityOptionsValidator : IValidateOptions<IdentityOptions>
{
    public ValidateOptionsResult Validate(string? name, IdentityOptions options)
    {
        var faults = new ValidateOptionsResultBuilder();
        foreach (var (header, claim) in options.Headers)
        {
            if (header.Length == 0 || header.Any(c => !char.IsAsciiLetterOrDigit(c) && c != '-'))
                faults.AddError($"IdentityPropagation:Headers has '{header}'; a header name has letters, digits and hyphens only");
            if (string.IsNullOrWhiteSpace(claim)) faults.AddError($"IdentityPropagation:Headers:{header} names no claim");
        }

        return faults.Build();
    }
}
