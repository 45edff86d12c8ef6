using Microsoft.Extensions.Primitives;

namespace FrontDoor.Gateway.Authentication;

/// <summary>Reads the token out of the Authorization field (RFC 6750 section 2.1, RFC 9110 section 11).</summary>
internal static class BearerField
{
    private const string Scheme = "Bearer";

    /// <returns>
    /// Neither: no credentials of this scheme. A token: use it. Malformed: the field is there and wrong, or there are two of them.
    /// </returns>
    public static (ReadOnlyMemory<char>? Token, bool Malformed) Read(StringValues field)
    {
        if (field.Count > 1) return (null, true);
        if (field.Count == 0 || field[0] is not { Length: > 0 } value) return default;

        // The scheme has no case; simplejwt refuses "bearer", RFC 9110 does not.
        if (!value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) return default;
        if (value.Length == Scheme.Length) return (null, true);
        if (value[Scheme.Length] != ' ') return default;

        var token = value.AsMemory(Scheme.Length).Trim(' ');
        if (token.IsEmpty || token.Span.ContainsAny(' ', '\t', ',')) return (null, true);
        return (token, false);
    }
}
