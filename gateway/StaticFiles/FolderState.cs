namespace FrontDoor.Gateway.StaticFiles;

/// <summary>Which folder lies at a path, and its time; links are followed.</summary>
internal readonly record struct FolderState(ulong Device, ulong Number, DateTime Modified)
{
    /// <returns>Null where it cannot be told.</returns>
    public static FolderState? Of(string folder)
    {
        if (OperatingSystem.IsLinux() && Inode.Of(folder) is { } inode) return new(inode.Device, inode.Number, inode.Modified);
        try
        {
            return new(0, 0, Directory.GetLastWriteTimeUtc(RealPath.Of(folder)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
