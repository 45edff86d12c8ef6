using Microsoft.Win32.SafeHandles;

namespace FrontDoor.Gateway.StaticFiles;

/// <summary>One state of a file on disk.</summary>
/// <param name="Path">Full path without symbolic links.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Modified">Time of the last change, UTC.</param>
internal sealed record FileVersion(string Path, long Length, DateTime Modified)
{
    private static readonly bool HandlesTellTheirPath = OperatingSystem.IsLinux() && Directory.Exists("/proc/self/fd");

    /// <summary>True: only the file at this very path may be opened; a folder above it may have become a link since it was judged.</summary>
    public bool IsExact { get; init; }

    /// <summary>The file's state now; null when there is no regular file.</summary>
    public static FileVersion? Of(string path, bool isExact = false)
    {
        var file = new FileInfo(path);
        if (!file.Exists) return null;
        // Pipes, sockets and devices tell no length; to open one may block for ever.
        return file.Length == 0 && !RegularFile.IsOne(path) ? null : new(path, file.Length, file.LastWriteTimeUtc) { IsExact = isExact };
    }

    /// <summary>Whether an opened file is in this state.</summary>
    public bool IsOf(SafeFileHandle handle) => RandomAccess.GetLength(handle) == Length && File.GetLastWriteTimeUtc(handle) == Modified;

    /// <summary>Opens it without keeping anybody from replacing it; null when it is not in this state any more.</summary>
    /// <exception cref="UnauthorizedAccessException">We may not read it.</exception>
    public SafeFileHandle? Open()
    {
        try
        {
            return OpenIfStill();
        }
        catch (IOException)
        {
            return null; // removed since it was found, or locked by whoever is writing it
        }
    }

    private SafeFileHandle? OpenIfStill()
    {
        var handle = File.OpenHandle(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.Asynchronous);
        var isStill = false;
        try
        {
            isStill = IsWhatWasJudged(handle) && IsOf(handle);
            return isStill ? handle : null;
        }
        finally
        {
            if (!isStill) handle.Dispose();
        }
    }

    // Without case: some file systems have none, and then the kernel says the name as it is stored.
    private bool IsWhatWasJudged(SafeFileHandle handle) =>
        !IsExact || !HandlesTellTheirPath
        || Path.Equals(new FileInfo($"/proc/self/fd/{handle.DangerousGetHandle()}").LinkTarget, StringComparison.OrdinalIgnoreCase);
}
