using System.Buffers;

namespace FrontDoor.Gateway.Edge;

/// <summary>Text of a client's that goes into a header field or a line of the log: what cannot stand there is percent-encoded.</summary>
internal static class FieldText
{
    private static readonly SearchValues<char> Visible = SearchValues.Create([.. Enumerable.Range('!', '~' - '!' + 1).Select(c => (char)c)]);

    public static string Safe(string text) => text.AsSpan().ContainsAnyExcept(Visible)
        ? string.Concat(text.Select(c => Visible.Contains(c) ? c.ToString() : FormattableString.Invariant($"%{(int)c:X2}")))
        : text;
}
