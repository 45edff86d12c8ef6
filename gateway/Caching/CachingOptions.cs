using Microsoft.Extensions.Options;

namespace FrontDoor.Gateway.Caching;

/// <summary>
/// Which answers the gateway keeps. Section <c>Caching</c>, one entry each under the name that a route's <c>OutputCachePolicy</c> uses. Kept are answers 200 to GET and
/// HEAD of at most 1 MB, 64 MB in all, unless the back end forbids it (<c>Cache-Control</c>), sets a cookie or varies by a field that is not named here. A request with a
/// cookie goes to the back end; a back end that knows its users by another field (an API key) must forbid it or name that field in <c>Vary</c>.
/// </summary>
internal sealed record CachingOptions
{
    public const string Section = "Caching";

    /// <summary>How long an answer is kept whose back end does not say (<c>s-maxage</c>, <c>max-age</c>, <c>Expires</c>). Default 0: it is not kept; up to 1 day.</summary>
    public TimeSpan MaxAge { get; init; }

    /// <summary>Keeps an answer for the user alone who asked: tokens whose claims are equal but for times and id. Required on routes that need a token, refused on anonymous ones. Default false.</summary>
    public bool PerUser { get; init; }

    /// <summary>Request fields by which answers differ, beside <c>Accept-Encoding</c>. Default none.</summary>
    public IReadOnlyList<string> VaryByHeaders { get; init; } = [];

    /// <summary>Parameters of the query by which answers differ; others are then ignored. Default: the whole query as it is written.</summary>
    public IReadOnlyList<string> VaryByQuery { get; init; } = [];
}

/// <summary>All entries by name.</summary>
internal sealed class CachingPoliciesOptions() : Dictionary<string, CachingOptions>(StringComparer.OrdinalIgnoreCase);

internal sealed class CachingOptionsValidator : IValidateOptions<CachingPoliciesOptions>
{
    public ValidateOptionsResult Validate(string? name, CachingPoliciesOptions options)
    {
        var faults = new ValidateOptionsResultBuilder();
        foreach (var (key, caching) in options)
        {
            if (caching.MaxAge < TimeSpan.Zero || caching.MaxAge > TimeSpan.FromDays(1)) faults.AddError($"Caching:{key}:MaxAge is {caching.MaxAge}; it must be from 00:00:00 to 1.00:00:00");
            if (caching.VaryByHeaders.Concat(caching.VaryByQuery).Any(v => string.IsNullOrWhiteSpace(v) || v == "*"))
                faults.AddError($"Caching:{key} varies by an empty name or by *; name each");
        }

        return faults.Build();
    }
}
