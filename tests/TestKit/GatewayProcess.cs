using System.Diagnostics;

namespace FrontDoor.TestKit;

/// <summary>The gateway as a process of its own, for what only a process has: exit code and standard error.</summary>
public static class GatewayProcess
{
    /// <summary>Runs it until it exits by itself; one that is still running after <see cref="Until.Patience"/> is ended.</summary>
    /// <param name="contentRoot">Folder of its <c>appsettings.json</c> and files.</param>
    /// <param name="arguments">Its command line.</param>
    /// <returns>The exit code, or null when it had to be ended; and what it wrote to standard error.</returns>
    public static async Task<(int? ExitCode, string Error)> RunAsync(string contentRoot, IEnumerable<string> arguments, CancellationToken cancellationToken = default)
    {
        var (exitCode, _, error) = await RunForOutputAsync(contentRoot, arguments, cancellationToken);
        return (exitCode, error);
    }

    /// <summary>Starts it; whoever calls ends it.</summary>
    /// <inheritdoc cref="RunAsync"/>
    /// <param name="environment">Variables to set beside those of the test.</param>
    /// <param name="output">A file that its standard output goes to instead of the caller; where there is a shell.</param>
    /// <param name="through">A command that starts it, ahead of its own command line.</param>
    public static Process Start(
        string contentRoot, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, string? output = null, IReadOnlyList<string>? through = null)
    {
        var executable = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "gateway.exe" : "gateway");
        string[] command = [.. through ?? [], executable, .. arguments];
        var start = output is null
            ? new ProcessStartInfo(command[0], command[1..])
            : new ProcessStartInfo("/bin/sh", ["-c", "exec \"$0\" \"$@\" > \"$OUTPUT\"", executable, .. arguments]) { Environment = { ["OUTPUT"] = output } };
        (start.WorkingDirectory, start.RedirectStandardError, start.RedirectStandardOutput) = (contentRoot, true, true);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        return Process.Start(start)!;
    }

    /// <param name="management">Its management listener.</param>
    /// <returns>False while nobody listens there, too.</returns>
    public static async Task<bool> IsReadyAsync(HttpClient management, CancellationToken cancellationToken = default)
    {
        try
        {
            using var answer = await management.GetAsync(new Uri("/health/ready", UriKind.Relative), cancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <inheritdoc cref="RunAsync"/>
    /// <returns>As <see cref="RunAsync"/>, with what it wrote to standard output.</returns>
    public static Task<(int? ExitCode, string Output, string Error)> RunForOutputAsync(string contentRoot, IEnumerable<string> arguments, CancellationToken cancellationToken = default) =>
        RunForOutputAsync(contentRoot, arguments, environment: null, cancellationToken);

    /// <inheritdoc cref="RunForOutputAsync(string, IEnumerable{string}, CancellationToken)"/>
    /// <param name="environment">Variables to set beside those of the test.</param>
    public static async Task<(int? ExitCode, string Output, string Error)> RunForOutputAsync(
        string contentRoot, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment, CancellationToken cancellationToken = default)
    {
        using var process = Start(contentRoot, arguments, environment);
        var error = process.StandardError.ReadToEndAsync(cancellationToken);
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Until.Patience);
        try
        {
            await process.WaitForExitAsync(patience.Token);
            return (process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            return (null, "", "still running");
        }
    }
}
