using System.Globalization;

namespace FrontDoor.Gateway.StaticFiles;

/// <summary>The setting <c>Try</c>, read: what is looked for, and what answers when nothing is found.</summary>
/// <param name="Suffixes">What follows <c>$uri</c>, in order: nothing, an ending, or a slash for the folder.</param>
/// <param name="FallbackFile">File below the root that answers everything else; null for none.</param>
/// <param name="FallbackStatus">Status that answers everything else; null for none.</param>
internal sealed record TryList(IReadOnlyList<string> Suffixes, string? FallbackFile, int? FallbackStatus)
{
    private const string Uri = "$uri";

    public static TryList Of(IReadOnlyList<string> entries)
    {
        var last = entries.Count > 0 ? entries[^1] : "";
        return new(
            [.. entries.Where(e => e.StartsWith(Uri, StringComparison.Ordinal)).Select(e => e[Uri.Length..])],
            last.StartsWith('/') ? last : null,
            last.StartsWith('=') ? int.Parse(last.AsSpan(1), CultureInfo.InvariantCulture) : null);
    }

    /// <returns>What is wrong with the setting; null for nothing.</returns>
    public static string? Fault(IReadOnlyList<string> entries)
    {
        for (var i = 0; i < entries.Count; i++)
        {
            var entry = entries[i];
            var isProbe = entry == Uri || entry == Uri + "/" || (entry.StartsWith(Uri + ".", StringComparison.Ordinal) && !entry.Contains('/'));
            var isFallback = i == entries.Count - 1
                && (entry.StartsWith('/') || (entry.StartsWith('=') && int.TryParse(entry.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var status) && status is >= 400 and <= 599));
            if (!isProbe && !isFallback) return $"has '{entry}'; $uri, $uri.html, $uri/ may stand there, and at the end /file or =404";
        }

        return null;
    }
}
