using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace FrontDoor.Benchmarks.Report;

/// <summary>Where and when it was measured, and what beside us. No names of hosts or folders.</summary>
internal sealed partial record Machine(DateOnly Date, string Processor, int Cores, double MemoryGb, string System, string Kernel, string Runtime, IReadOnlyList<string> Peers)
{
    private static readonly (string Name, Tool Tool, string Argument)[] Asked =
        [("nginx", Tool.Nginx, "-v"), ("HAProxy", Tool.HaProxy, "-v"), ("Caddy", Tool.Caddy, "version"), ("uWSGI", Tool.Uwsgi, "--version"), ("wrk", Tool.Wrk, "-v"), ("h2load", Tool.H2Load, "--version")];

    private static readonly Lazy<Machine> This = new(Look);

    public string Words => string.Create(CultureInfo.InvariantCulture,
        $"{Date:yyyy-MM-dd}, {Processor}, {Cores} cores, {MemoryGb:0} GB, {System}, Linux {Kernel}, {Runtime}; {string.Join(", ", Peers)}; load, parties and back end share the machine.");

    public static Machine Here() => This.Value;

    private static Machine Look() => new(
        DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime),
        File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString(),
        Environment.ProcessorCount,
        GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9,
        File.ReadLines("/etc/os-release").FirstOrDefault(line => line.StartsWith("PRETTY_NAME=", StringComparison.Ordinal))?[12..].Trim('"') ?? "Linux",
        Environment.OSVersion.Version.ToString(),
        RuntimeInformation.FrameworkDescription,
        [.. Asked.Where(asked => asked.Tool.Present).Select(asked => $"{asked.Name} {Version(asked.Tool, asked.Argument)}"), .. Django()]);

    /// <summary>Some say it on standard error, wrk with a fault.</summary>
    private static string Version(Tool tool, string argument)
    {
        using var process = Process.Start(new ProcessStartInfo(tool.FullPath, [argument]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var said = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
        process.WaitForExit();
        return Number().Match(said) is { Success: true } found ? found.Value : "of an unknown version";
    }

    private static IEnumerable<string> Django() =>
        from package in new[] { ("Django", "Django"), ("simplejwt", "djangorestframework_simplejwt") }
        from folder in Directory.Exists("/usr/lib/python3/dist-packages") ? Directory.EnumerateFileSystemEntries("/usr/lib/python3/dist-packages", $"{package.Item2}-*") : []
        select $"{package.Item1} {Number().Match(Path.GetFileName(folder)).Value}";

    [GeneratedRegex(@"\d+\.\d+(\.\d+)*")]
    private static partial Regex Number();
}
