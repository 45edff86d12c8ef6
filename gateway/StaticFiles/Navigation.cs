using Microsoft.Net.Http.Headers;

namespace FrontDoor.Gateway.StaticFiles;

/// <summary>Tells a browser that wants a page from a call or an asset: only the first may get HTML it did not ask for by name.</summary>
internal static class Navigation
{
    /// <summary>Whatever the method. An asset has a file extension.</summary>
    public static bool IsOne(HttpRequest request) => !Path.HasExtension(request.Path.Value) && !HiddenPath.IsOne(request.Path) && WantsHtml(request);

    /// <summary>Named outright: "*/*" is what curl and fetch() send.</summary>
    public static bool WantsHtml(HttpRequest request) =>
        MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var accepted) && accepted.Any(a => a.Quality != 0 && IsHtml(a));

    /// <summary>Whether nothing else is wanted more: calls may take HTML as a last resort and are told errors in their own form.</summary>
    public static bool PrefersHtml(HttpRequest request) =>
        MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var accepted) && accepted.Count > 0
        && accepted.Max(a => a.Quality ?? 1) is > 0 and var best && accepted.Any(a => IsHtml(a) && (a.Quality ?? 1) == best);

    private static bool IsHtml(MediaTypeHeaderValue type) => type.MediaType.Equals("text/html", StringComparison.OrdinalIgnoreCase);
}
