using Microsoft.Extensions.Options;

namespace FrontDoor.TokenService.Storage;

/// <summary>The folder of everything this node keeps on disk, readable by its owner alone.</summary>
internal sealed class DataDirectory
{
    public DataDirectory(IOptions<StorageOptions> options, IHostEnvironment environment)
    {
        FullPath = Path.GetFullPath(options.Value.DataDirectory, environment.ContentRootPath);
        if (Directory.Exists(FullPath)) return;
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(FullPath);
        else Directory.CreateDirectory(FullPath, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public string FullPath { get; }

    public string File(string name) => Path.Combine(FullPath, name);
}
