using Microsoft.Win32.SafeHandles;

namespace FrontDoor.Gateway.StaticFiles;

/// <summary>One state of a file on disk.</summary>
/// <param name="Path">Full path without symbolic links below the site's root.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Modified">Time of the last change, UTC.</param>
internal sealed record FileVersion(string Path, long Length, DateTime Modified)
{
    /// <summary>The file's state now; null when there is no regular file.</summary>
    public static FileVersion? Of(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists) return null;
        // Pipes, sockets and devices tell no length; to open one may block for ever.
        return file.Length == 0 && !RegularFile.IsOne(path) ? null : new(path, file.Length, file.LastWriteTimeUtc);
    }

    /// <summary>Whether an opened file is in this state.</summary>
    public bool IsOf(SafeFileHandle handle) => RandomAccess.GetLength(handle) == Length && File.GetLastWriteTimeUtc(handle) == Modified;

    /// <summary>Opens it without keeping anybody from replacing it; null when it is not in this state any more.</summary>
    public SafeFileHandle? Open()
    {
        try
        {
            var handle = File.OpenHandle(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.Asynchronous);
            if (IsOf(handle)) return handle;
            handle.Dispose();
        }
        catch (IOException)
        {
            // Removed since it was found, or locked by whoever is writing it.
        }

        return null;
    }
}
