using System.Globalization;

namespace FrontDoor.TokenService.Endpoints;

/// <summary>Finds the escape in a JSON string that is half of a UTF-16 pair.</summary>
internal static class JsonSurrogates
{
    /// <returns>Four hexadecimal digits in upper case; null when all pairs are whole.</returns>
    public static string? FirstLone(ReadOnlySpan<char> json)
    {
        for (var i = 0; i + 1 < json.Length; i++)
        {
            if (json[i] != '\\') continue;
            var unit = Unit(json[i..]);
            i++; // past the escaped character, so that "\\" does not start another escape
            if (unit is null || !char.IsSurrogate(unit.Value)) continue;

            var next = Unit(json[Math.Min(i + 5, json.Length)..]);
            if (!char.IsHighSurrogate(unit.Value) || next is null || !char.IsLowSurrogate(next.Value))
                return ((int)unit.Value).ToString("X4", CultureInfo.InvariantCulture);
            i += 10;
        }

        return null;
    }

    private static char? Unit(ReadOnlySpan<char> escape) =>
        escape is ['\\', 'u', _, _, _, _, ..] && ushort.TryParse(escape[2..6], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var unit)
            ? (char)unit
            : null;
}
