using System.Text;
using Microsoft.Net.Http.Headers;

namespace FrontDoor.Gateway.Edge;

/// <summary>
/// How the server reads <c>Content-Length</c>: digits alone (RFC 9110 section 8.6). Kestrel's own parser takes "+5" for 5, which whoever is before the gateway may not. It
/// asks for a field's encoding before it parses it, which is the one place to say so; other fields stay as they are.
/// </summary>
internal sealed class LengthDigits : ASCIIEncoding
{
    private static readonly LengthDigits Only = new();

    public static Encoding? Of(string field) => field == HeaderNames.ContentLength ? Only : null;

    public override int GetChars(ReadOnlySpan<byte> bytes, Span<char> chars)
    {
        if (bytes.Length <= chars.Length && !bytes.ContainsAnyExceptInRange((byte)'0', (byte)'9')) return base.GetChars(bytes, chars);
        // No number, whatever it was.
        chars[0] = '?';
        return 1;
    }
}
