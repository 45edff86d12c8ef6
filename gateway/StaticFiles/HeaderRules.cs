using Microsoft.Extensions.FileSystemGlobbing;
using Microsoft.Extensions.Primitives;

namespace FrontDoor.Gateway.StaticFiles;

/// <summary>Which headers a file gets: the site's, and those of the rules that match it.</summary>
internal sealed class HeaderRules(StaticSiteOptions options)
{
    private readonly (Matcher Files, FileRuleOptions Rule)[] _rules = [.. options.Rules.Select(rule => (MatcherOf(rule.Files!), rule))];

    /// <param name="name">Path below the root.</param>
    public (StringValues CacheControl, KeyValuePair<string, StringValues>[] Headers) For(string name)
    {
        var cacheControl = options.EffectiveCacheControl;
        var headers = new Dictionary<string, StringValues>(StringComparer.OrdinalIgnoreCase);
        foreach (var (header, value) in options.Headers) headers[header] = value;
        foreach (var (_, rule) in _rules.Where(r => r.Files.Match(name.TrimStart('/')).HasMatches))
        {
            cacheControl = rule.CacheControl ?? cacheControl;
            foreach (var (header, value) in rule.Headers) headers[header] = value;
        }

        return (cacheControl, [.. headers]);
    }

    /// <returns>Why a pattern cannot be meant, as the rest of a sentence; null for a sound one.</returns>
    public static string? Fault(string pattern)
    {
        if (pattern.AsSpan().ContainsAny('{', '}')) return "braces have no meaning in a pattern; write a rule for each ending";
        if (pattern.Split('/', '\\').Contains("..")) return "a pattern lies below the root";
        try
        {
            _ = MatcherOf(pattern);
            return null;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return "which is no pattern of paths";
        }
    }

    private static Matcher MatcherOf(string pattern) =>
        new Matcher(StringComparison.Ordinal).AddInclude(pattern.Contains('/') ? pattern.TrimStart('/') : "**/" + pattern);
}
