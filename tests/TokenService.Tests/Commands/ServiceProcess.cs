using System.Diagnostics;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.TokenService.Tests.Commands;

/// <summary>The built service as a process of its own, in a folder without configuration files.</summary>
public sealed class ServiceProcess : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _errors;
    private int _disposed;

    private ServiceProcess(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    public int Id => _process.Id;

    public static ServiceProcess Start(TestFolder folder, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(TokenServiceMarker).Assembly.Location, .. arguments])
        {
            WorkingDirectory = folder.FullPath,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return new ServiceProcess(Process.Start(start)!);
    }

    /// <summary>Runs to the end.</summary>
    /// <returns>The exit code and the lines on standard error.</returns>
    public static async Task<(int ExitCode, string[] Errors)> RunAsync(TestFolder folder, params IEnumerable<string> arguments)
    {
        using var service = Start(folder, arguments);
        _ = service._process.StandardOutput.ReadToEndAsync();
        return await service.EndAsync();
    }

    /// <summary>Runs a command to the end.</summary>
    /// <param name="input">Its standard input.</param>
    public static async Task<CommandResult> CommandAsync(TestFolder folder, string input, params IEnumerable<string> arguments)
    {
        using var service = Start(folder, arguments);
        var output = service._process.StandardOutput.ReadToEndAsync();
        await service._process.StandardInput.WriteAsync(input);
        service._process.StandardInput.Close();
        var (exitCode, errors) = await service.EndAsync();
        return new CommandResult(exitCode, await output, errors);
    }

    /// <summary>Waits until it says where it listens.</summary>
    public async Task<Uri> ListensAsync()
    {
        const string Words = "Now listening on: ";
        var line = await SaysAsync(Words);
        _ = _process.StandardOutput.ReadToEndAsync();
        return new Uri(line[(line.IndexOf(Words, StringComparison.Ordinal) + Words.Length)..]);
    }

    /// <summary>Waits for a line of its log.</summary>
    /// <param name="words">Part of it.</param>
    public async Task<string> SaysAsync(string words)
    {
        while (await _process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            if (line.Contains(words, StringComparison.Ordinal)) return line;
        }

        throw new InvalidOperationException($"It ended without saying '{words}': {await _errors}");
    }

    public async Task<(int ExitCode, string[] Errors)> EndAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Until.Patience);
        return (_process.ExitCode, (await _errors).Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>Kills it by force (kill -9) if it still runs; may be called again.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }
}

/// <summary>How a command ended, and what it wrote.</summary>
public sealed record CommandResult(int ExitCode, string Output, string[] Errors)
{
    /// <summary>Asserts exit code 0.</summary>
    public string Succeeded()
    {
        Assert.True(ExitCode == 0, ToString());
        return Output;
    }

    /// <summary>Asserts exit code 1 and this one line.</summary>
    public void Failed(string line) => Assert.Equal((1, "", $"token-service: {line}"), (ExitCode, Output, string.Join('\n', Errors)));

    public override string ToString() => $"{ExitCode}: {Output}{string.Join('\n', Errors)}";
}
