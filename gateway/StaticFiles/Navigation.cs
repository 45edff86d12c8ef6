using Microsoft.Net.Http.Headers;

namespace FrontDoor.Gateway.StaticFiles;

/// <summary>Tells a browser that wants a page from a call or an asset: only the first may get HTML it did not ask for by name.</summary>
internal static class Navigation
{
    /// <summary>Whether this path can be a page's: an asset has a file extension.</summary>
    public static bool MayBeOne(PathString path) => !Path.HasExtension(path.Value) && !HiddenPath.IsOne(path);

    /// <summary>Named outright: "*/*" is what curl and fetch() send.</summary>
    public static bool AsksForHtml(HttpRequest request) =>
        MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var accepted)
        && accepted.Any(a => a.Quality != 0 && a.MediaType.Equals("text/html", StringComparison.OrdinalIgnoreCase));
}
