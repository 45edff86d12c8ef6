using System.Text;

namespace FrontDoor.Gateway.StaticFiles;

/// <summary>
/// Reads a field's octets beyond ASCII as escapes (<c>%C3%A4</c>). Most back ends write file names as they are, and Kestrel takes no such
/// characters when YARP copies an answer's fields.
/// </summary>
internal sealed class EscapedOctets : Encoding
{
    public static readonly Encoding Instance = new EscapedOctets();

    public override int GetCharCount(byte[] bytes, int index, int count) => bytes.AsSpan(index, count).ToArray().Sum(octet => octet < 0x80 ? 1 : 3);

    public override int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex)
    {
        var start = charIndex;
        foreach (var octet in bytes.AsSpan(byteIndex, byteCount))
        {
            if (octet < 0x80)
            {
                chars[charIndex++] = (char)octet;
                continue;
            }

            chars[charIndex++] = '%';
            chars[charIndex++] = "0123456789ABCDEF"[octet >> 4];
            chars[charIndex++] = "0123456789ABCDEF"[octet & 15];
        }

        return charIndex - start;
    }

    public override int GetMaxCharCount(int byteCount) => 3 * byteCount;

    // It only reads.
    public override int GetByteCount(char[] chars, int index, int count) => throw new NotSupportedException();

    public override int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex) => throw new NotSupportedException();

    public override int GetMaxByteCount(int charCount) => throw new NotSupportedException();
}
