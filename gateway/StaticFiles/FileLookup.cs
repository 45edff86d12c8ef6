namespace FrontDoor.Gateway.StaticFiles;

/// <summary>What a path of a site means.</summary>
internal abstract record Finding
{
    /// <summary>A file.</summary>
    /// <param name="Name">Its path below the root as the site names it: <c>/docs/index.html</c>.</param>
    /// <param name="Version">Its state.</param>
    internal sealed record OnDisk(string Name, FileVersion Version) : Finding;

    /// <summary>A folder that was asked for without the slash at its end.</summary>
    internal sealed record NeedsSlash : Finding;

    /// <summary>A folder to be listed.</summary>
    /// <param name="Path">Its full path.</param>
    internal sealed record Folder(string Path) : Finding;

    /// <summary>A file that is there and cannot be read at the moment: it changes as fast as it is read, or is locked.</summary>
    internal sealed record Unavailable : Finding;

    /// <summary>A file, ready to be sent.</summary>
    internal sealed record Ready(SiteFile File) : Finding;
}

/// <summary>From the path of a request to what lies on disk.</summary>
internal sealed class FileLookup(SiteRoot root, TryList tries, StaticSiteOptions options)
{
    private readonly IReadOnlyList<string> _indexFiles = options.EffectiveIndexFiles;

    /// <param name="path">Decoded path below the site's prefix.</param>
    /// <returns>Null for nothing that may be served.</returns>
    public Finding? Find(string path)
    {
        if (!IsServable(path)) return null;
        try
        {
            return tries.Suffixes.Select(suffix => Probe(path, suffix)).FirstOrDefault(finding => finding is not null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Removed meanwhile, a name too long, a folder that we may not enter.
            return null;
        }
    }

    /// <summary>Whether this path may stand in a listing: what may be served, a file or a folder.</summary>
    public bool MayList(string path) => IsServable(path) && root.Find(path) is { } found && (Directory.Exists(found) || FileVersion.Of(found) is not null);

    /// <param name="file">The file.</param>
    /// <param name="older">Told of those that are older than it.</param>
    /// <returns>The sidecars that are not older, in the order of preference.</returns>
    public IReadOnlyList<(string Coding, FileVersion Version)> SidecarsOf(Finding.OnDisk file, Action<FileVersion>? older = null)
    {
        var sidecars = new List<(string Coding, FileVersion Version)>();
        foreach (var coding in ContentCoding.All)
        {
            if (root.VersionOf(file.Name + coding.Extension) is not { } version) continue;
            if (version.Modified >= file.Version.Modified) sidecars.Add((coding.Name, version));
            else older?.Invoke(version);
        }

        return sidecars;
    }

    private Finding? Probe(string path, string suffix)
    {
        if (suffix == "/" || (suffix == "" && path.EndsWith('/'))) return FolderAt(path);
        return path.EndsWith('/') || path.Length == 0 ? null : FileAt(path + suffix);
    }

    private Finding.OnDisk? FileAt(string name) => root.VersionOf(name) is { } version ? new(name, version) : null;

    private Finding? FolderAt(string path)
    {
        if (root.Find(path) is not { } folder || !Directory.Exists(folder)) return null;
        var name = path.EndsWith('/') ? path : path + "/";
        var index = _indexFiles.Select(file => FileAt(name + file)).FirstOrDefault(file => file is not null);
        if (index is null && !options.Listing) return null;
        if (!path.EndsWith('/')) return new Finding.NeedsSlash();
        return index ?? (Finding)new Finding.Folder(folder);
    }

    // The edge has refused what is ambiguous; asked again because this is where a path becomes a file.
    private bool IsServable(string path)
    {
        if (!options.Dotfiles && HiddenPath.IsOne(path)) return false;
        foreach (var range in path.AsSpan().Split('/'))
        {
            var segment = path.AsSpan(range);
            if (segment is "." or ".." || segment.ContainsAny('\\', '\0')) return false;
            // Streams, short names and endings that Windows drops are second names of a file.
            if (OperatingSystem.IsWindows() && (segment.ContainsAny(':', '~') || segment.EndsWith(".") || segment.EndsWith(" "))) return false;
        }

        return !path.Contains("//", StringComparison.Ordinal);
    }
}
