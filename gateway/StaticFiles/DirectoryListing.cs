using System.Globalization;
using System.Net.Mime;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using FrontDoor.Gateway.Edge;
using Microsoft.Net.Http.Headers;

namespace FrontDoor.Gateway.StaticFiles;

/// <summary>One line of a listing, in the words of nginx's autoindex.</summary>
internal sealed record ListedEntry(string Name, string Type, DateTime Mtime, long? Size);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(List<ListedEntry>))]
internal sealed partial class ListingJson : JsonSerializerContext;

/// <summary>Lists a folder: HTML, or JSON for a client that prefers it.</summary>
internal static class DirectoryListing
{
    /// <returns>False when the folder may not be read; nothing has been sent then.</returns>
    public static async Task<bool> TrySendAsync(HttpContext context, Site site, string folder, string path)
    {
        if (EntriesOf(site, folder, path) is not { } entries) return false;
        var asJson = PrefersJson(context.Request);
        var body = asJson ? JsonSerializer.SerializeToUtf8Bytes(entries, ListingJson.Default.ListListedEntry) : Encoding.UTF8.GetBytes(Html(context.Request.Path, entries));

        var response = context.Response;
        site.AddHeaders(response);
        response.ContentType = asJson ? MediaTypeNames.Application.Json : "text/html; charset=utf-8";
        response.Headers.CacheControl = site.Options.EffectiveCacheControl;
        response.Headers.Vary = HeaderNames.Accept;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.ContentSecurityPolicy = "default-src 'none'";
        response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(context.Request.Method)) await response.BodyWriter.WriteAsync(body);
        return true;
    }

    // Only what a request for it would find: no dotfiles, no links that lead out, no pipes, no name that the edge refuses. Folders first.
    private static List<ListedEntry>? EntriesOf(Site site, string folder, string path)
    {
        try
        {
            return [.. new DirectoryInfo(folder).EnumerateFileSystemInfos()
                .Select(entry => EntryOf(site, entry, path + entry.Name))
                .OfType<ListedEntry>()
                .OrderBy(entry => entry.Type, StringComparer.Ordinal)
                .ThenBy(entry => entry.Name, StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            site.CannotRead(e);
            return null;
        }
    }

    private static ListedEntry? EntryOf(Site site, FileSystemInfo entry, string path)
    {
        if (RequestTarget.Refusal("/" + Escaped(entry.Name)) is not null) return null;
        try
        {
            if (!site.MayList(path)) return null;
            return Directory.Exists(entry.FullName)
                ? new ListedEntry(entry.Name, "directory", entry.LastWriteTimeUtc, null)
                : new ListedEntry(entry.Name, "file", entry.LastWriteTimeUtc, entry.LinkTarget is null ? ((FileInfo)entry).Length : null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // removed meanwhile
        }
    }

    // The edge takes a semicolon as it is and refuses it escaped.
    private static string Escaped(string name) => Uri.EscapeDataString(name).Replace("%3B", ";", StringComparison.Ordinal);

    private static bool PrefersJson(HttpRequest request) =>
        MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var accepted)
        && accepted.MaxBy(a => a.Quality ?? 1)?.MediaType.Equals(MediaTypeNames.Application.Json, StringComparison.OrdinalIgnoreCase) == true;

    private static string Html(PathString path, List<ListedEntry> entries)
    {
        var title = HtmlEncoder.Default.Encode(path.Value ?? "/");
        var html = new StringBuilder($"<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>{title}</title>\n<h1>{title}</h1>\n<table>\n");
        if (path != "/") html.Append("<tr><td><a href=\"../\">../</a></td></tr>\n");
        foreach (var (name, type, mtime, size) in entries)
        {
            var slash = type == "directory" ? "/" : "";
            // "./" keeps a name with a colon from being a scheme.
            html.Append(CultureInfo.InvariantCulture, $"<tr><td><a href=\"./{HtmlEncoder.Default.Encode(Escaped(name))}{slash}\">{HtmlEncoder.Default.Encode(name)}{slash}</a></td><td>{mtime:yyyy-MM-dd HH:mm}</td><td>{size}</td></tr>\n");
        }

        return html.Append("</table>\n</html>\n").ToString();
    }
}
