namespace FrontDoor.Gateway.Commands;

/// <summary>Columns for a terminal, 100 characters wide.</summary>
internal static class Table
{
    private const int Width = 100;

    public static void Write(string[] heads, IEnumerable<string[]> rows)
    {
        string[][] all = [heads, .. rows];
        var widths = heads.Select((_, column) => all.Max(row => row[column].Length)).ToArray();
        // What is too wide in all is taken from the widest column.
        while (widths.Sum() + (2 * (widths.Length - 1)) > Width && Array.IndexOf(widths, widths.Max()) is var widest && widths[widest] > 8) widths[widest]--;
        foreach (var row in all) Console.WriteLine(string.Join("  ", row.Select((cell, column) => Fit(cell, widths[column]))).TrimEnd());
    }

    private static string Fit(string cell, int width) => cell.Length <= width ? cell.PadRight(width) : cell[..(width - 3)] + "...";
}
