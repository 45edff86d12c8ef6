using System.Buffers;
using Microsoft.Extensions.Primitives;

namespace FrontDoor.Gateway.Edge;

/// <summary>What the server lets pass although two parties could see the message's end, its addressee or its fields differently (security contract 1.4).</summary>
internal static class RequestFraming
{
    // RFC 9110 section 5.6.2.
    private static readonly SearchValues<char> Token = SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <returns>Why the request is refused, as a stable word for the log; null when it is framed well.</returns>
    public static string? Refusal(HttpRequest request)
    {
        var headers = request.Headers;
        // RFC 9110 section 4.2.1: http and https have a host. HTTP/1.0 could do without, but AllowedHosts would be passed by.
        if (!request.Host.HasValue) return "host_missing";
        // RFC 9112 section 6.1: HTTP/1.0 has no transfer codings, so its sender frames by something else.
        if (HttpProtocol.IsHttp10(request.Protocol)) return headers.TransferEncoding.Count > 0 ? "transfer_encoding" : null;
        // Kestrel takes a last chunked for the whole; a coding before it would be forwarded as if it were not there.
        if (HttpProtocol.IsHttp11(request.Protocol)) return headers.TransferEncoding is { Count: > 0 } coding && !IsChunked(coding) ? "transfer_encoding" : null;
        return OfBinaryFields(headers);
    }

    private static bool IsChunked(StringValues coding) => coding is [{ } only] && only.Equals("chunked", StringComparison.OrdinalIgnoreCase);

    // RFC 9113 sections 8.2.1 and 8.2.2; HTTP/3 says the same. Kestrel itself refuses Connection, TE, and what is wrong with values.
    private static string? OfBinaryFields(IHeaderDictionary headers)
    {
        if (headers.TransferEncoding.Count > 0 || headers.Upgrade.Count > 0 || headers.KeepAlive.Count > 0 || headers.ProxyConnection.Count > 0) return "connection_field";
        foreach (var field in headers)
        {
            if (field.Key.Length == 0 || field.Key.AsSpan().ContainsAnyExcept(Token)) return "field_name";
        }

        return null;
    }
}
