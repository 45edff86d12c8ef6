using System.Runtime.InteropServices;

namespace FrontDoor.TestKit;

/// <summary>Memory that was taken from the C library and freed; what was taken after it is still in use, for which glibc keeps it, unless it is to be the end of an arena.</summary>
public sealed class FreedMemory : IDisposable
{
    private const int Blocks = 500;
    private const int BlockBytes = 64 * 1024; // more than 128 KB would come from the system and go back to it at once
    private readonly nint[] _freed;
    private readonly nint _inUse;

    public FreedMemory(bool atEnd = false)
    {
        _freed = [.. Enumerable.Range(0, Blocks).Select(_ => Touched())];
        _inUse = atEnd ? 0 : Touched();
        foreach (var block in _freed) Marshal.FreeHGlobal(block);
    }

    /// <summary>Whether the C library is one that keeps what is freed: glibc.</summary>
    public static bool IsKept => OperatingSystem.IsLinux() && NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), "malloc_trim", out _);

    /// <summary>Part of it that still is in the machine's memory, 0 to 1.</summary>
    public double Resident
    {
        get
        {
            using var pages = File.OpenRead("/proc/self/pagemap");
            return _freed.Average(block => IsPresent(pages, Middle(block)) ? 1.0 : 0.0);
        }
    }

    public void Dispose() => Marshal.FreeHGlobal(_inUse);

    private static nint Touched()
    {
        var block = Marshal.AllocHGlobal(BlockBytes);
        Marshal.WriteByte(Middle(block), 1);
        return block;
    }

    private static nint Middle(nint block) => block + (BlockBytes / 2);

    // Eight bytes for each page, whose highest bit tells that it is in memory (proc_pid_pagemap(5)).
    private static bool IsPresent(FileStream pages, nint address)
    {
        Span<byte> entry = stackalloc byte[sizeof(ulong)];
        pages.Position = address / Environment.SystemPageSize * sizeof(ulong);
        pages.ReadExactly(entry);
        return BitConverter.ToUInt64(entry) >> 63 == 1;
    }
}
