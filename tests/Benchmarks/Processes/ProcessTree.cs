using System.Globalization;

namespace FrontDoor.Benchmarks.Processes;

/// <summary>What Linux says of a process and all its descendants.</summary>
internal static class ProcessTree
{
    /// <summary>Clock ticks per second of /proc/PID/stat: 100 on every Linux that .NET runs on (USER_HZ, part of the kernel's ABI).</summary>
    private const double TicksPerSecond = 100;

    /// <summary>CPU time in seconds, user and system, with what ended children used.</summary>
    public static double CpuSeconds(IEnumerable<int> roots) => All(roots).Sum(CpuSecondsOf);

    /// <summary>
    /// Memory in bytes: the resident set of one process; of several the proportional sets, so that pages which workers share count once. One .NET process alone has nobody to share the runtime's pages
    /// with, so it must not gain by the others that run beside it here.
    /// </summary>
    public static long MemoryBytes(IEnumerable<int> roots) => All(roots) is { Count: 1 } one ? MemoryOf(one.Single(), "Rss:") : All(roots).Sum(id => MemoryOf(id, "Pss:"));

    private static HashSet<int> All(IEnumerable<int> roots)
    {
        var children = Parents().ToLookup(pair => pair.Parent, pair => pair.Id);
        var found = new HashSet<int>();
        var open = new Stack<int>(roots);
        while (open.TryPop(out var id))
        {
            if (!found.Add(id)) continue;
            foreach (var child in children[id]) open.Push(child);
        }

        return found;
    }

    private static IEnumerable<(int Id, int Parent)> Parents()
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id) && Fields(id) is { } fields)
                yield return (id, int.Parse(fields[1], CultureInfo.InvariantCulture));
        }
    }

    private static double CpuSecondsOf(int id) =>
        Fields(id) is { } fields ? fields[11..15].Sum(ticks => double.Parse(ticks, CultureInfo.InvariantCulture)) / TicksPerSecond : 0;

    private static long MemoryOf(int id, string kind)
    {
        try
        {
            var line = File.ReadLines($"/proc/{id}/smaps_rollup").FirstOrDefault(text => text.StartsWith(kind, StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
        }
        catch (IOException)
        {
            return 0; // it ended between the listing and the look
        }
    }

    /// <summary>The fields after the name, which may hold blanks and brackets itself; null for a process that has ended.</summary>
    private static string[]? Fields(int id)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{id}/stat");
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null;
        }
    }
}
