using System.Diagnostics;

namespace FrontDoor.TestKit;

/// <summary>The gateway as a process of its own, for what only a process has: exit code and standard error.</summary>
public static class GatewayProcess
{
    /// <summary>Runs it until it exits by itself; one that is still running after 20 seconds is ended.</summary>
    /// <param name="contentRoot">Folder of its <c>appsettings.json</c> and files.</param>
    /// <param name="arguments">Its command line.</param>
    /// <returns>The exit code, or null when it had to be ended; and what it wrote to standard error.</returns>
    public static async Task<(int? ExitCode, string Error)> RunAsync(string contentRoot, IEnumerable<string> arguments, CancellationToken cancellationToken = default)
    {
        var executable = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "gateway.exe" : "gateway");
        var start = new ProcessStartInfo(executable, arguments) { WorkingDirectory = contentRoot, RedirectStandardError = true, RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(cancellationToken);
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(20));
        try
        {
            await process.WaitForExitAsync(patience.Token);
            await output;
            return (process.ExitCode, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            return (null, "still running");
        }
    }
}
