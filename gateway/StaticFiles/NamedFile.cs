namespace FrontDoor.Gateway.StaticFiles;

/// <summary>A file of the root that a setting names, with or without a slash at its head.</summary>
internal static class NamedFile
{
    /// <returns>Its path below the root.</returns>
    public static string PathOf(string setting) => setting.StartsWith('/') ? setting : "/" + setting;

    /// <param name="setting">The value.</param>
    /// <param name="root">Full path of the root.</param>
    /// <param name="site">Says what may be served.</param>
    /// <returns>What is wrong with it, as the rest of a sentence; null for nothing.</returns>
    public static string? Fault(string setting, string root, StaticSiteOptions site)
    {
        var path = PathOf(setting);
        if (path.Contains("//", StringComparison.Ordinal) || path.Split('/').Any(segment => segment is "." or "..")) return $"is '{setting}', which leads out of the root";
        var lookup = new FileLookup(new SiteRoot(new RootFolder(root, TimeSpan.Zero, TimeProvider.System), site.LinksOutOfRoot), TryList.Of(["$uri"]), site);
        return lookup.Find(path) is Finding.OnDisk ? null : $"names a file that does not exist below the root: {setting}";
    }
}
