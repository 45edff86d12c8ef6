namespace FrontDoor.Gateway.StaticFiles;

/// <summary>The path of a folder without links, in any of its components.</summary>
internal static class RealPath
{
    // As many as Linux follows (ELOOP).
    private const int MaxLinks = 40;

    /// <param name="folder">Full path.</param>
    /// <returns>The same path where it cannot be told: nothing is there, or we may not look.</returns>
    public static string Of(string folder)
    {
        try
        {
            return Resolve(folder) ?? folder;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return folder;
        }
    }

    // Component by component, so that ".." in a link is what lies above the place it has led to.
    private static string? Resolve(string folder)
    {
        var current = Path.GetPathRoot(folder)!;
        var left = new Stack<string>(Segments(folder[current.Length..]).Reverse());
        for (var links = 0; left.TryPop(out var segment);)
        {
            if (segment == ".") continue;
            if (segment == "..")
            {
                current = Path.GetDirectoryName(current) ?? current;
                continue;
            }

            var next = Path.Combine(current, segment);
            if (new DirectoryInfo(next).LinkTarget is not { } target)
            {
                current = next;
                continue;
            }

            if (++links > MaxLinks) return null;
            if (Path.IsPathRooted(target)) current = Path.GetPathRoot(target)!;
            foreach (var part in Segments(target[(Path.GetPathRoot(target) ?? "").Length..]).Reverse()) left.Push(part);
        }

        return current;
    }

    private static string[] Segments(string path) => path.Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries);
}
