using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace FrontDoor.Gateway.StaticFiles;

/// <summary>Tells an empty file from a pipe, a socket or a device, which .NET does not; asked only about files without length.</summary>
internal static class RegularFile
{
    private const int NonBlockingOnLinux = 0x800;
    private const int NonBlockingOnMac = 0x4;

    public static bool IsOne(string path) => OperatingSystem.IsWindows() || (Inode.Of(path)?.IsRegularFile ?? CanBePositioned(path));

    // Where the kind cannot be asked for.
    private static bool CanBePositioned(string path)
    {
        using var handle = new SafeFileHandle(Open(path, OperatingSystem.IsMacOS() ? NonBlockingOnMac : NonBlockingOnLinux), ownsHandle: true);
        try
        {
            // Unreadable ones are left to whoever opens them.
            return handle.IsInvalid || RandomAccess.GetLength(handle) == 0;
        }
        catch (NotSupportedException)
        {
            return false; // cannot be positioned: no regular file
        }
    }

    [DllImport("libc", EntryPoint = "open", BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);
}
