using System.Runtime.InteropServices;

namespace FrontDoor.TokenService.Observability;

/// <summary>
/// Keeps the C library from holding memory that nobody uses. OpenSSL and the runtime take theirs from glibc, which has up to eight arenas for each processor; what is free in one is no help to
/// another, and the sum grows for hours though no more is in use. Two things against it: the free end of an arena goes back when it is larger than <see cref="FreeEnd"/>, and once a minute so does what is
/// free in between, as with Java's <c>TrimNativeHeapInterval</c>.
/// </summary>
internal sealed class TrimNativeHeap(TimeProvider clock) : BackgroundService
{
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private const int TrimThreshold = -1; // M_TRIM_THRESHOLD
    private const int MapThreshold = -3; // M_MMAP_THRESHOLD: larger blocks come from the system and go back to it at once

    // glibc begins with 128 KB and raises both to match any larger block that is freed: from then on an arena keeps twice that block, tens of megabytes after the collector's. Large enough for what a
    // compressed answer takes (zlib: 268 KB), which would be mapped and cleared anew each time.
    private const int FreeEnd = 1024 * 1024;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!HasGlibc()) return;
        using var ticks = new PeriodicTimer(Interval, clock);
        while (await ticks.WaitForNextTickAsync(stoppingToken)) _ = Trim(0);
    }

    /// <summary>Holds the thresholds where they are. musl, macOS and Windows have no such call, and need none.</summary>
    private static bool HasGlibc()
    {
        if (!OperatingSystem.IsLinux()) return false;
        try
        {
            _ = MallOpt(MapThreshold, FreeEnd); // too large for a processor of 32 bits, which does without
            return MallOpt(TrimThreshold, FreeEnd) == 1;
        }
        catch (Exception e) when (e is EntryPointNotFoundException or DllNotFoundException)
        {
            return false;
        }
    }

    [DllImport("libc", EntryPoint = "mallopt")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int MallOpt(int parameter, int value);

    /// <param name="keep">Bytes to keep at the end of the first arena.</param>
    [DllImport("libc", EntryPoint = "malloc_trim")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Trim(nuint keep);
}
