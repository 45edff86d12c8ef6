using System.Diagnostics;
using System.Text.Json;
using FrontDoor.TestKit;

namespace FrontDoor.EndToEnd.Tests;

/// <summary>What <c>--ready-file</c> holds.</summary>
internal sealed record ReadyFile(Uri Gateway, Uri Management, Uri TokenService, string Username, string Password, string AdminUsername, string AdminPassword);

/// <summary><c>dotnet run start.cs</c>, as a user runs it, on free ports.</summary>
internal sealed class DemoRun : IAsyncDisposable
{
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    private DemoRun(ChildProcess process, ReadyFile ready, TimeSpan timeToReady)
    {
        Process = process;
        Ready = ready;
        TimeToReady = timeToReady;
    }

    public ChildProcess Process { get; }

    public ReadyFile Ready { get; }

    public TimeSpan TimeToReady { get; }

    /// <summary>Starts the command without waiting; for starts that must fail.</summary>
    public static ChildProcess Launch(TestFolder folder, IReadOnlyDictionary<string, string>? environment = null, params string[] arguments) => ChildProcess.Start(
        "dotnet",
        ["run", Path.Combine(Repository.Root, "start.cs"), "--", "--data", folder.File("state"), .. arguments],
        folder.FullPath, // not the repository: it has to work from anywhere
        environment);

    /// <param name="folder">Where its state lives; a second run on it is a restart.</param>
    /// <param name="environment">Settings of the services, as environment variables.</param>
    public static async Task<DemoRun> StartAsync(TestFolder folder, IReadOnlyDictionary<string, string>? environment = null)
    {
        var readyFile = folder.File("ready.json");
        File.Delete(readyFile);
        var watch = Stopwatch.StartNew();
        var process = Launch(folder, environment, "--ready-file", readyFile,
            "--gateway-port", "0", "--management-port", "0", "--token-service-port", "0", "--backend-port", "0", "--second-backend-port", "0");
        try
        {
            await Until.TrueAsync(() => process.HasExited || File.Exists(readyFile), "start.cs is ready", TimeSpan.FromMinutes(4));
            if (!File.Exists(readyFile)) throw new InvalidOperationException($"start.cs ended:\n{process.Output}");
            return new DemoRun(process, JsonSerializer.Deserialize<ReadyFile>(await File.ReadAllTextAsync(readyFile), Web)!, watch.Elapsed);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => Process.DisposeAsync();
}
