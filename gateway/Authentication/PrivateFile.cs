namespace FrontDoor.Gateway.Authentication;

/// <summary>A file that holds a secret with which tokens can be signed: for its owner alone.</summary>
internal static class PrivateFile
{
    /// <exception cref="KeyFileException">It is not there, or others can read it, or write to it.</exception>
    public static string Read(string path)
    {
        if (!File.Exists(path)) throw new KeyFileException($"{path} does not exist");
        RequireOwnerOnly(path);
        return File.ReadAllText(path);
    }

    private static void RequireOwnerOnly(string path)
    {
        if (OperatingSystem.IsWindows()) return;
        var mode = File.GetUnixFileMode(path);
        if ((mode & (UnixFileMode.GroupRead | UnixFileMode.OtherRead)) != 0) throw Fault("read");
        if ((mode & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != 0) throw Fault("written");

        KeyFileException Fault(string done) => new($"{path} can be {done} by other users of this machine. Run: chmod 600 '{path}'");
    }

    /// <summary>What reading finds wrong; null for nothing.</summary>
    public static string? FaultOf<T>(string path, Func<string, T> read)
    {
        try
        {
            read(path);
            return null;
        }
        catch (Exception e) when (e is KeyFileException or IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }
}

/// <summary>A file of keys cannot be used, and why; without a word of its content.</summary>
internal sealed class KeyFileException(string message) : Exception(message);
