using Microsoft.Net.Http.Headers;

namespace FrontDoor.Gateway.StaticFiles;

/// <summary>Tells a browser that wants a page from a call or an asset: only the first may get HTML it did not ask for by name.</summary>
internal static class Navigation
{
    public static bool IsOne(HttpContext context, IReadOnlyList<string> never)
    {
        var request = context.Request;
        return context.GetEndpoint() is null
            && (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
            && !Path.HasExtension(request.Path.Value)
            && !HiddenPath.IsOne(request.Path)
            && !never.Any(prefix => request.Path.StartsWithSegments(prefix, StringComparison.OrdinalIgnoreCase))
            && AsksForHtml(request);
    }

    // Named outright: "*/*" is what curl and fetch() send.
    private static bool AsksForHtml(HttpRequest request) =>
        MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var accepted)
        && accepted.Any(a => a.Quality != 0 && a.MediaType.Equals("text/html", StringComparison.OrdinalIgnoreCase));
}
