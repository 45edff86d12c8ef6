using System.Buffers;
using System.Text;

namespace FrontDoor.Gateway.IdentityPropagation;

/// <summary>
/// Makes any claim value safe as a header value: UTF-8, and every byte that is not visible ASCII, and '%' and ',', as %XX. Back ends split
/// lists at ',' and percent-decode each item; a value can thus neither end the line nor pass for two.
/// </summary>
internal static class HeaderEncoding
{
    private static readonly SearchValues<char> Safe = SearchValues.Create(
        [.. Enumerable.Range('!', '~' - '!' + 1).Select(c => (char)c).Where(c => c is not '%' and not ',')]);

    public static string Encode(string value)
    {
        if (!value.AsSpan().ContainsAnyExcept(Safe)) return value;

        var encoded = new StringBuilder(value.Length * 2);
        foreach (var octet in Encoding.UTF8.GetBytes(value))
        {
            if (Safe.Contains((char)octet)) encoded.Append((char)octet);
            else encoded.Append('%').Append(Convert.ToHexString([octet]));
        }

        return encoded.ToString();
    }
}
