namespace FrontDoor.Gateway.StaticFiles;

/// <summary>
/// Finds what is below a site's root and nothing else. Symbolic links are followed as long as they stay inside; what is handed out is
/// a path without links, so that what was judged is what is opened.
/// </summary>
internal sealed class SiteRoot(RootFolder folder, bool linksMayLeave)
{
    // As many as Linux follows (ELOOP).
    private const int MaxLinks = 40;

    /// <param name="path">Path below the root, with a slash at its head and without dot segments.</param>
    /// <returns>The full path of what is there; null for nothing, or for something outside.</returns>
    public string? Find(string path)
    {
        var root = folder.Now();
        var wanted = root + path.TrimEnd('/');
        if (!Path.Exists(wanted)) return null;
        return linksMayLeave ? File.ResolveLinkTarget(wanted, returnFinalTarget: true)?.FullName ?? wanted : WithoutLinks(root, path.Split('/', StringSplitOptions.RemoveEmptyEntries), MaxLinks);
    }

    /// <summary>The state of a regular file there; null for none.</summary>
    /// <param name="path">As for <see cref="Find"/>.</param>
    public FileVersion? VersionOf(string path) => Find(path) is { } found ? FileVersion.Of(found, isExact: !linksMayLeave) : null;

    private string? WithoutLinks(string root, string[] segments, int linksLeft)
    {
        var current = root;
        for (var i = 0; i < segments.Length; i++)
        {
            current = Path.Combine(current, segments[i]);
            if (new FileInfo(current).LinkTarget is not { } target) continue;

            var leadsTo = Path.GetFullPath(target, Path.GetDirectoryName(current)!);
            var inside = Below(root, leadsTo) ?? Below(folder.Configured, leadsTo);
            if (inside is null || linksLeft == 0) return null;
            return WithoutLinks(root, [.. inside.Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries), .. segments[(i + 1)..]], linksLeft - 1);
        }

        return current;
    }

    private static string? Below(string root, string path) =>
        path == root ? "" : path.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal) ? path[(root.Length + 1)..] : null;
}
