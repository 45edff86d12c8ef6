using FrontDoor.Gateway.Authentication;

namespace FrontDoor.Gateway.IdentityPropagation;

/// <summary>Header fields as they are sent.</summary>
/// <param name="Fields">Value by name; null: a claim that the token does not have.</param>
/// <param name="Bytes">What they take on the wire.</param>
internal sealed record IdentityFields((string Name, string? Value)[] Fields, int Bytes);

/// <summary>Which header gets which claim. What it makes of a token is kept with the token.</summary>
internal sealed class IdentityMapping
{
    private readonly KeyValuePair<string, string>[] _claims;
    private readonly Func<TokenClaims, IdentityFields> _make;

    public IdentityMapping(IEnumerable<KeyValuePair<string, string>> claimByHeader) => (_claims, _make) = ([.. claimByHeader], Make);

    public IdentityFields Of(TokenClaims token) => token.Made(_make);

    private IdentityFields Make(TokenClaims token)
    {
        var fields = Array.ConvertAll(_claims, c => (c.Key, ValueOf(token.Read(c.Value))));
        // A colon, a space and the line's end.
        return new IdentityFields(fields, fields.Sum(f => f.Item2 is null ? 0 : f.Key.Length + f.Item2.Length + 4));
    }

    private static string? ValueOf(string[] values) => string.Join(',', values.Select(HeaderEncoding.Encode)) is { Length: > 0 } value ? value : null;
}

/// <summary>The mappings of one configuration. Routes without their own share one.</summary>
/// <param name="severalIssuers">A subject is unique within its issuer only; where there are several, no back end is told the one without the other.</param>
internal sealed class IdentityMappings(IdentityOptions options, bool severalIssuers)
{
    private const string IssuerHeader = "X-Forwarded-Issuer";
    private const string IssuerClaim = "iss";

    private readonly IdentityMapping _general = Mapping(options.EffectiveHeaders, severalIssuers);

    private readonly Dictionary<string, IdentityMapping> _own = options.Routes.Where(r => r.Value.Headers.Count > 0)
        .ToDictionary(r => r.Key, r => Mapping(r.Value.Headers, severalIssuers), StringComparer.OrdinalIgnoreCase);

    public IdentityMapping For(string route) => _own.GetValueOrDefault(route, _general);

    // Unless the configuration has a header for it, or another use for ours.
    private static IdentityMapping Mapping(IReadOnlyDictionary<string, string> headers, bool severalIssuers) =>
        new(severalIssuers && !headers.Values.Contains(IssuerClaim) && !headers.Keys.Contains(IssuerHeader, StringComparer.OrdinalIgnoreCase)
            ? headers.Append(new(IssuerHeader, IssuerClaim))
            : headers);
}
