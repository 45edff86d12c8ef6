using System.Diagnostics;

namespace FrontDoor.Benchmarks;

/// <summary>A program that runs to its end.</summary>
internal static class Shell
{
    public static async Task<string> OutputAsync(string program, IEnumerable<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })
            ?? throw new BenchmarkException($"{program} did not start");
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? await output : throw new BenchmarkException($"{program} ended with exit code {process.ExitCode}: {await errors}{await output}");
    }
}
