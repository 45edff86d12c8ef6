namespace FrontDoor.Gateway.Configuration;

/// <summary>Finds what a misspelt name was meant to be.</summary>
internal static class NearName
{
    /// <returns>The end of a fault's line: what was probably meant, or nothing.</returns>
    public static string Hint(string name, IEnumerable<string> known) => Of(name, known) is { } meant ? $"; did you mean {meant}?" : "";

    /// <returns>The known name that this one misses by at most two letters; null for none, and for a known name.</returns>
    public static string? Of(string name, IEnumerable<string> known)
    {
        var byDistance = known.Select(k => (Name: k, Distance: Distance(name.ToUpperInvariant(), k.ToUpperInvariant()))).OrderBy(k => k.Distance).FirstOrDefault();
        return byDistance is { Name: not null, Distance: 1 or 2 } ? byDistance.Name : null;
    }

    // Levenshtein: letters to add, drop or change.
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[b.Length];
    }
}
