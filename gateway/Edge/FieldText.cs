namespace FrontDoor.Gateway.Edge;

/// <summary>Text of a client's that goes into a header field: what cannot stand there is percent-encoded, or Kestrel would fail.</summary>
internal static class FieldText
{
    public static string Safe(string text) =>
        text.All(IsSafe) ? text : string.Concat(text.Select(c => IsSafe(c) ? c.ToString() : FormattableString.Invariant($"%{(int)c:X2}")));

    private static bool IsSafe(char c) => c is > ' ' and < '\x7f';
}
