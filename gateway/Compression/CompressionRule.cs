using Microsoft.Net.Http.Headers;

namespace FrontDoor.Gateway.Compression;

/// <summary>What an endpoint carries of <c>Compression</c>, and what it makes of a request and an answer.</summary>
internal sealed class CompressionRule(RouteCompression options)
{
    // Of a body that is about to change. Content-MD5 is taken away by the framework, others are not ours to remove.
    private static readonly string[] Digests = ["Content-Digest", "Repr-Digest", "Digest"];

    private readonly HashSet<string> _types = new(options.EffectiveTypes, StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether the request is of a kind whose answers may be compressed, whatever it accepts.</summary>
    public bool Covers(HttpContext context) =>
        (options.AcceptBreachRisk || !HasCredentials(context)) && context.Request.Headers.Upgrade.Count == 0 && !HttpMethods.IsConnect(context.Request.Method);

    /// <summary>Whether this answer may be. Asked before its head is sent.</summary>
    public bool MayCompress(HttpResponse response)
    {
        var headers = response.Headers;
        return response.StatusCode is >= 200 and not (StatusCodes.Status204NoContent or StatusCodes.Status206PartialContent or StatusCodes.Status304NotModified)
            && headers.ContentEncoding.Count == 0
            && headers.ContentRange.Count == 0
            && headers.SetCookie.Count == 0
            && !(response.ContentLength < options.MinBytes)
            && IsOfType(headers.ContentType)
            && !headers.GetCommaSeparatedValues(HeaderNames.CacheControl).Any(v => v.Equals("no-transform", StringComparison.OrdinalIgnoreCase))
            && !Digests.Any(headers.ContainsKey);
    }

    /// <summary>
    /// Marks the answer as another representation than the back end's: its strong validator no longer names these bytes (RFC 9110 section 8.8.1), and parts of them cannot
    /// be asked for.
    /// </summary>
    public static void Mark(IHeaderDictionary headers)
    {
        var tag = headers.ETag.ToString();
        if (tag.StartsWith('"')) headers.ETag = "W/" + tag;
        headers.Remove(HeaderNames.AcceptRanges);
    }

    private static bool HasCredentials(HttpContext context) =>
        context.User.Identity is { IsAuthenticated: true } || context.Request.Headers.Authorization.Count > 0 || context.Request.Headers.Cookie.Count > 0;

    private bool IsOfType(string? contentType)
    {
        if (contentType is null) return false;
        var end = contentType.IndexOf(';', StringComparison.Ordinal);
        return _types.Contains((end < 0 ? contentType : contentType[..end]).Trim());
    }
}
