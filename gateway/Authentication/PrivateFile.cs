namespace FrontDoor.Gateway.Authentication;

/// <summary>A file that holds a secret with which tokens can be signed: for its owner alone.</summary>
internal static class PrivateFile
{
    /// <exception cref="SecretFaultException">It is not there, or others can read it.</exception>
    public static string Read(string path)
    {
        if (!File.Exists(path)) throw new SecretFaultException($"{path} does not exist");
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & (UnixFileMode.GroupRead | UnixFileMode.OtherRead)) != 0)
            throw new SecretFaultException($"{path} can be read by other users of this machine. Run: chmod 600 '{path}'");
        return File.ReadAllText(path);
    }

    /// <summary>What reading finds wrong; null for nothing.</summary>
    public static string? FaultOf<T>(string path, Func<string, T> read)
    {
        try
        {
            read(path);
            return null;
        }
        catch (Exception e) when (e is SecretFaultException or IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }
}

/// <summary>A file of secrets cannot be used, and why; without a word of its content.</summary>
internal sealed class SecretFaultException(string message) : Exception(message);
