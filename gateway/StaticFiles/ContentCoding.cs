using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace FrontDoor.Gateway.StaticFiles;

/// <summary>Content codings, and which of them a client wants (RFC 9110 section 12.5.3).</summary>
/// <param name="Name">As in Accept-Encoding and Content-Encoding.</param>
/// <param name="Extension">Of a sidecar.</param>
internal sealed record ContentCoding(string Name, string Extension)
{
    /// <summary>In our order of preference, for clients that have none.</summary>
    public static readonly IReadOnlyList<ContentCoding> All = [new("br", ".br"), new("zstd", ".zst"), new("gzip", ".gz")];

    /// <returns>The available coding to answer with; null for none (identity).</returns>
    public static string? Choose(StringValues acceptEncoding, IEnumerable<string> available)
    {
        if (acceptEncoding.Count == 0 || !StringWithQualityHeaderValue.TryParseList(acceptEncoding, out var accepted)) return null;

        string? best = null;
        var bestQuality = Quality(accepted, "identity") ?? 0;
        foreach (var coding in available)
        {
            var quality = Quality(accepted, coding) ?? Quality(accepted, "*") ?? 0;
            // A coding that is wanted as much as identity saves bytes.
            if (quality == 0 || quality < bestQuality || (quality == bestQuality && best is not null)) continue;
            (best, bestQuality) = (coding, quality);
        }

        return best;
    }

    private static double? Quality(IList<StringWithQualityHeaderValue> accepted, string coding)
    {
        foreach (var entry in accepted)
        {
            if (entry.Value.Equals(coding, StringComparison.OrdinalIgnoreCase)) return entry.Quality ?? 1;
        }

        return null;
    }
}
