using FrontDoor.Gateway.Streams;

namespace FrontDoor.Gateway.Authentication;

/// <summary>
/// Against forged requests (CSRF): a browser sends a cookie whoever made it send the request, and says where that one is from in fields that
/// pages cannot set (Fetch Metadata; RFC 6454 section 7).
/// </summary>
internal static class OwnSite
{
    /// <summary>Whether it may act by its cookie. What changes nothing always may.</summary>
    public static bool Sent(HttpContext context, IReadOnlyList<string> origins)
    {
        var request = context.Request;
        if (IsSafe(request.Method) && !WebSocketHandshake.IsOne(context)) return true;

        var origin = request.Headers.Origin;
        if (origin.Count == 1 && origins.Contains(origin[0]!)) return true;
        // Told by the browser alone, which also knows whether a TLS terminator stands before us.
        var site = request.Headers["Sec-Fetch-Site"];
        if (site.Count > 0) return site is ["same-origin"];
        return origin.Count == 1 && string.Equals(origin[0], $"{request.Scheme}://{request.Host.Value}", StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsSafe(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);
}
