using System.Runtime.InteropServices;
using System.Text;
using FrontDoor.TokenService.Commands;

namespace FrontDoor.TokenService.Keys;

/// <summary>Files that hold a secret: for their owner alone.</summary>
internal static class PrivateFile
{
    /// <param name="path">Of an existing file.</param>
    /// <param name="what">What it is, as the first words of the fault.</param>
    /// <exception cref="StartupFaultException">Others can read it, or write to it.</exception>
    public static void RequireOwnerOnly(string path, string what)
    {
        if (OperatingSystem.IsWindows()) return;
        var mode = File.GetUnixFileMode(path);
        if ((mode & (UnixFileMode.GroupRead | UnixFileMode.OtherRead)) != 0) throw Fault("read");
        if ((mode & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != 0) throw Fault("written");

        StartupFaultException Fault(string done) => new($"{what} {path} can be {done} by other users of this machine. Run: chmod 600 '{path}'");
    }

    /// <summary>Writes it with mode 0600, whole or not at all: whoever reads meanwhile, or after a kill, sees the old content or the new.</summary>
    /// <param name="overwrite">Whether an existing file is replaced. If not, one of many who write at once wins.</param>
    /// <exception cref="IOException">It exists and is not to be replaced.</exception>
    public static void Write(string path, string content, bool overwrite = false)
    {
        var create = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) create.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        // A name of its own: another process may be writing the same file.
        var part = $"{path}.{Guid.NewGuid():N}.part";
        try
        {
            using (var file = new FileStream(part, create))
            {
                file.Write(Encoding.UTF8.GetBytes(content));
                file.Flush(flushToDisk: true);
            }

            if (overwrite) File.Move(part, path, overwrite);
            else Publish(part, path);
        }
        finally
        {
            File.Delete(part);
        }
    }

    // Elsewhere than on Windows, File.Move looks whether the name is taken and then renames, which replaces what came between. A hard link is made for one alone.
    private static void Publish(string part, string path)
    {
        if (!OperatingSystem.IsWindows() && Link(part, path) == 0) return;
        // The name is taken, and this says so; or the file system knows no links, and this is the best there is.
        File.Move(part, path, overwrite: false);
    }

    [DllImport("libc", EntryPoint = "link", BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Link([MarshalAs(UnmanagedType.LPUTF8Str)] string existing, [MarshalAs(UnmanagedType.LPUTF8Str)] string name);
}
