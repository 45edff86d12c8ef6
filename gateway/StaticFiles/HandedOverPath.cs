using System.Globalization;
using System.Text;

namespace FrontDoor.Gateway.StaticFiles;

/// <summary>
/// Reads what a back end has put into <c>X-Accel-Redirect</c>, as nginx does: escaped or as it is, with a query that does not count. Decoded once, and
/// with more trust than a client gets: only what would be another place than it seems is refused.
/// </summary>
internal static class HandedOverPath
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <returns>The decoded path; null when it is none.</returns>
    public static PathString? Of(string field)
    {
        var query = field.IndexOf('?', StringComparison.Ordinal);
        // Octets beyond ASCII have arrived as escapes (EscapedOctets).
        var written = Encoding.UTF8.GetBytes(query < 0 ? field : field[..query]);
        var decoded = new List<byte>(written.Length);
        for (var i = 0; i < written.Length; i++)
        {
            var octet = written[i];
            // A lone % is part of a name that was not escaped.
            if (octet == '%' && i + 2 < written.Length && byte.TryParse(written.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out octet))
            {
                if (octet == '/') return null;
                i += 2;
            }
            else
            {
                octet = written[i];
            }

            if (octet is < 0x20 or 0x7f or (byte)'\\') return null;
            decoded.Add(octet);
        }

        return TextOf([.. decoded]) is { } path && IsPlain(path) ? new PathString(path) : null;
    }

    private static bool IsPlain(string path) =>
        path.StartsWith('/') && !path.Contains("//", StringComparison.Ordinal) && !path.Split('/').Any(segment => segment is "." or "..");

    private static string? TextOf(byte[] bytes)
    {
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
