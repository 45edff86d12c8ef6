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
    /// <param name="overwrite">Whether an existing file is replaced.</param>
    public static void Write(string path, string content, bool overwrite = false)
    {
        var create = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) create.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var part = path + ".part";
        File.Delete(part);
        using (var file = new FileStream(part, create))
        {
            file.Write(Encoding.UTF8.GetBytes(content));
            file.Flush(flushToDisk: true);
        }

        File.Move(part, path, overwrite);
    }
}
