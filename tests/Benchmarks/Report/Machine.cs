using System.Globalization;
using System.Runtime.InteropServices;

namespace FrontDoor.Benchmarks.Report;

/// <summary>Where and when it was measured. No names of hosts or folders.</summary>
internal sealed record Machine(DateOnly Date, string Processor, int Cores, string System, string Runtime)
{
    public string Words => string.Create(CultureInfo.InvariantCulture, $"{Date:yyyy-MM-dd}, {Processor}, {Cores} cores, {System}, {Runtime}; load, parties and back end share the machine.");

    public static Machine Here() => new(
        DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime),
        File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString(),
        Environment.ProcessorCount,
        File.ReadLines("/etc/os-release").FirstOrDefault(line => line.StartsWith("PRETTY_NAME=", StringComparison.Ordinal))?[12..].Trim('"') ?? "Linux",
        RuntimeInformation.FrameworkDescription);
}
