using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.EndToEnd.Tests;

/// <summary>
/// The whole of <c>compose.yaml</c> under a project name and with secrets of its own, published on a free port. Started by the first test
/// that asks for it; containers, volumes, networks and images are removed at the end, whatever happened.
/// </summary>
public sealed class ComposeStack : IAsyncLifetime
{
    // The first run on a machine fetches base images and packages.
    private static readonly TimeSpan UpPatience = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly string _project = $"front-door-test-{RandomNumberGenerator.GetHexString(8, lowercase: true)}";
    private readonly TestFolder _secrets = new();
    private readonly Lazy<Task> _up;

    public ComposeStack() => _up = new Lazy<Task>(UpAsync);

    public string AdminPassword { get; } = RandomNumberGenerator.GetHexString(48, lowercase: true);

    public string DatabasePassword { get; } = RandomNumberGenerator.GetHexString(48, lowercase: true);

    /// <summary>Where the gateway is published.</summary>
    public Uri Gateway { get; private set; } = null!;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>Returns once every container is healthy; skips the test where there is no Docker.</summary>
    public async Task StartAsync()
    {
        Needs.Docker();
        await _up.Value;
    }

    /// <summary>Runs <c>docker compose</c> on this project.</summary>
    /// <exception cref="InvalidOperationException">It failed, or took too long; the message has its output.</exception>
    public Task<string> ComposeAsync(params string[] arguments) => ComposeAsync(Patience, arguments);

    /// <summary><c>docker inspect</c> of each container, by the name of its service.</summary>
    public async Task<IReadOnlyDictionary<string, JsonNode>> InspectAsync()
    {
        var ids = (await ComposeAsync("ps", "--quiet")).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var containers = JsonNode.Parse(await DockerAsync(Patience, ["inspect", .. ids]))!.AsArray();
        return containers.ToDictionary(c => c!["Config"]!["Labels"]!["com.docker.compose.service"]!.GetValue<string>(), c => c!);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_up.IsValueCreated) await ComposeAsync("down", "--volumes", "--remove-orphans", "--rmi", "local", "--timeout", "10");
        }
        finally
        {
            _secrets.Dispose();
        }
    }

    private async Task UpAsync()
    {
        WriteSecret("db_password", DatabasePassword);
        WriteSecret("admin_password", AdminPassword);
        WriteSecret("feed_key", "only this stack's gateways know it");
        try
        {
            await ComposeAsync(UpPatience, "up", "--detach", "--build", "--wait");
        }
        catch (InvalidOperationException e)
        {
            throw new InvalidOperationException($"{e.Message}\n{await ComposeAsync("logs", "--no-color", "--tail", "50")}", e);
        }

        Gateway = new Uri($"http://{(await ComposeAsync("port", "gateway", "8080")).Trim()}");
    }

    // As compose.yaml tells its reader: a closed folder, files that the users inside the containers can read.
    private void WriteSecret(string name, string secret)
    {
        var file = _secrets.Write(name, secret + "\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
    }

    private Task<string> ComposeAsync(TimeSpan patience, params string[] arguments) =>
        DockerAsync(patience, ["compose", "--project-name", _project, .. arguments]);

    private async Task<string> DockerAsync(TimeSpan patience, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("docker", arguments)
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["SECRETS_DIR"] = _secrets.FullPath,
                ["GATEWAY_BIND"] = "127.0.0.1",
                ["GATEWAY_PORT"] = "0",
                // Empty means the default, and outranks an .env file of this checkout.
                ["PUBLIC_ORIGIN"] = "",
                ["ALLOWED_HOSTS"] = "",
            },
        };
        start.Environment.Remove("COMPOSE_FILE");
        start.Environment.Remove("COMPOSE_PROFILES");

        using var process = Process.Start(start)!;
        // Not the test's own token: clean-up has to run when a test run is cancelled.
        using var timeout = new CancellationTokenSource(patience);
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        var late = "";
        try
        {
            await process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            late = $" after {patience}";
        }

        if (process.ExitCode == 0) return await output;
        throw new InvalidOperationException($"docker {string.Join(' ', start.ArgumentList)} failed{late}:\n{await output}\n{await errors}");
    }
}

/// <summary>By itself, after the other tests: building images takes the whole machine.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ComposeCollection : ICollectionFixture<ComposeStack>
{
    public const string Name = "compose.yaml";
}
