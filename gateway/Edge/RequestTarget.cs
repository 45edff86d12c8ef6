using System.Buffers;
using System.Globalization;
using System.Text;

namespace FrontDoor.Gateway.Edge;

/// <summary>
/// Judges the request target as it stood on the wire, so that what is authorized is what is forwarded: a path that two parties could
/// read differently is refused, never repaired. Security contract, head and 1.3.
/// </summary>
internal static class RequestTarget
{
    // Unreserved, sub-delims, ':' and '@' of RFC 3986 section 3.3, less '.' and ';' and '%', which need a closer look.
    private static readonly SearchValues<char> Plain =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_~!$&'()*+,=:@/");

    // Decoding one of these would change how the path is split or read.
    private static readonly SearchValues<byte> AmbiguousWhenEncoded = SearchValues.Create("/\\%.;#?"u8);

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <returns>Why the target is refused, as a stable word for the log; null when it is unambiguous.</returns>
    public static string? Refusal(string rawTarget)
    {
        if (!rawTarget.StartsWith('/')) return "target_not_origin_form";

        var query = rawTarget.IndexOf('?');
        var path = query < 0 ? rawTarget.AsSpan() : rawTarget.AsSpan(0, query);
        if (path.Contains("//", StringComparison.Ordinal)) return "target_empty_segment";
        return path.ContainsAnyExcept(Plain) ? Closer(path) : null;
    }

    private static string? Closer(ReadOnlySpan<char> path)
    {
        var decoded = new byte[path.Length];
        var length = 0;
        for (var i = 0; i < path.Length; i++)
        {
            var c = path[i];
            if (c is '\\' or '#' or <= ' ' or >= '\u007f') return "target_illegal_character";
            if (c != '%')
            {
                decoded[length++] = (byte)c;
                continue;
            }

            if (i + 2 >= path.Length || !byte.TryParse(path.Slice(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var octet))
                return "target_bad_escape";
            if (octet is < 0x20 or 0x7f || AmbiguousWhenEncoded.Contains(octet)) return "target_ambiguous_escape";
            decoded[length++] = octet;
            i += 2;
        }

        return HasDotSegment(path) ? "target_dot_segment" : IsUtf8(decoded.AsSpan(0, length)) ? null : "target_not_utf8";
    }

    // "/..;x/" too: some back ends drop path parameters and then see "..".
    private static bool HasDotSegment(ReadOnlySpan<char> path)
    {
        foreach (var range in path.Split('/'))
        {
            var segment = path[range];
            var parameters = segment.IndexOf(';');
            if ((parameters < 0 ? segment : segment[..parameters]) is "." or "..") return true;
        }

        return false;
    }

    private static bool IsUtf8(ReadOnlySpan<byte> bytes)
    {
        try
        {
            _ = StrictUtf8.GetCharCount(bytes);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }
}
