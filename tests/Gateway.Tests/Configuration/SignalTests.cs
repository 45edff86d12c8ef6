using System.Diagnostics;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.Configuration;

/// <summary>Fails where the tests themselves were started to ignore the signal (<c>nohup</c>): their children then ignore it, too.</summary>
public sealed class SignalTests
{
    [Fact]
    public async Task Sighup_TakesAChangedFileOver_AndDoesNotEndTheProcess()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Windows has no SIGHUP");
        using var folder = new TestFolder();
        folder.Write("appsettings.json", Settings("a"));
        // Nobody watches the file, as on a network drive.
        using var process = GatewayProcess.Start(folder.FullPath, ["--hostBuilder:reloadConfigOnChange=false"]);
        try
        {
            await SaidAsync(process, "Application started");
            folder.Write("appsettings.json", Settings("b"));
            Hangup(process);
            await SaidAsync(process, "Configuration 2 is in force");

            folder.Write("appsettings.json", "no JSON");
            Hangup(process);
            await SaidAsync(process, "The changed configuration is not taken, the last good one holds");
            Assert.False(process.HasExited);
        }
        finally
        {
            process.Kill();
        }
    }

    private static string Settings(string role) => $$"""
        { "Kestrel": { "Endpoints": { "Public": { "Url": "http://127.0.0.1:0" } } }, "Policies": { "gate": { "Roles": { "Any": [ "{{role}}" ] } } } }
        """;

    private static void Hangup(Process process) => Assert.Equal(0, ExitCodeOf(Process.Start("kill", ["-HUP", $"{process.Id}"])));

    private static int ExitCodeOf(Process process)
    {
        using (process)
        {
            process.WaitForExit();
            return process.ExitCode;
        }
    }

    private static async Task SaidAsync(Process process, string text)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Until.Patience);
        var said = new List<string>();
        try
        {
            while (await process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
            {
                if (line.Contains(text, StringComparison.Ordinal)) return;
                said.Add(line);
            }
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"the gateway did not say: {text}; it said: {string.Join(" | ", said)}");
        }

        Assert.Fail($"the gateway ended without saying: {text}; it said: {string.Join(" | ", said)}");
    }
}
