using System.Runtime.InteropServices;

namespace FrontDoor.Gateway.StaticFiles;

/// <summary>What Linux says of a path and .NET does not: its kind and its identity. One call; links are followed.</summary>
/// <param name="Kind">The bits of <c>S_IFMT</c>.</param>
/// <param name="Device">Where it lies.</param>
/// <param name="Number">Its number there.</param>
/// <param name="Modified">Time of the last change, UTC.</param>
internal readonly record struct Inode(int Kind, ulong Device, ulong Number, DateTime Modified)
{
    private const int CurrentFolder = -100; // AT_FDCWD
    private const uint KindNumberAndTime = 0x1 | 0x40 | 0x100; // STATX_TYPE, STATX_MTIME, STATX_INO
    private const int RegularFile = 0x8000;

    public bool IsRegularFile => Kind == RegularFile;

    /// <returns>Null where nothing can be told: nothing is there, we may not look, or this is no Linux.</returns>
    public static Inode? Of(string path)
    {
        if (!OperatingSystem.IsLinux()) return null;
        // Of one layout on all processors, other than stat's.
        Span<byte> found = stackalloc byte[256];
        try
        {
            if (StatX(CurrentFolder, path, 0, KindNumberAndTime, ref MemoryMarshal.GetReference(found)) != 0) return null;
        }
        catch (Exception e) when (e is EntryPointNotFoundException or DllNotFoundException)
        {
            return null; // a C library older than the call, or by another name
        }

        var seconds = BitConverter.ToInt64(found[112..]);
        var nanoseconds = BitConverter.ToUInt32(found[120..]);
        return new(
            BitConverter.ToUInt16(found[28..]) & 0xF000,
            ((ulong)BitConverter.ToUInt32(found[136..]) << 32) | BitConverter.ToUInt32(found[140..]),
            BitConverter.ToUInt64(found[32..]),
            DateTime.UnixEpoch.AddTicks((seconds * TimeSpan.TicksPerSecond) + (nanoseconds / 100)));
    }

    [DllImport("libc", EntryPoint = "statx", BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern int StatX(int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, ref byte found);
}
