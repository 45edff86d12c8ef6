using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using FrontDoor.Benchmarks.Processes;

namespace FrontDoor.Benchmarks;

/// <summary>The folder of one run (artifacts/benchmarks/run) and what all parties share in it: published builds, files to serve, keys, free ports.</summary>
internal sealed class Workspace
{
    private int _files;

    private Workspace(string repository)
    {
        Repository = repository;
        Results = Path.Combine(repository, "artifacts", "benchmarks");
        Folder = Path.Combine(Results, "run");
        Www = Path.Combine(Folder, "www");
        Keys = new TokenKeys(Path.Combine(Folder, "keys"));
    }

    public string Repository { get; }

    /// <summary>Where results go: artifacts/benchmarks.</summary>
    public string Results { get; }

    public string Folder { get; }

    public string Www { get; }

    public TokenKeys Keys { get; }

    public static Workspace Create()
    {
        var workspace = new Workspace(FindRepository());
        if (Directory.Exists(workspace.Folder)) Directory.Delete(workspace.Folder, recursive: true);
        Directory.CreateDirectory(workspace.Folder);
        foreach (var old in new[] { "results.json", "results.html" }) File.Delete(Path.Combine(workspace.Results, old));
        workspace.Keys.Write();
        StaticContent.Write(workspace.Www);
        return workspace;
    }

    public string NewFile(string name) => Path.Combine(Folder, $"{Interlocked.Increment(ref _files):D3}-{name}");

    public string NewFolder(string name) => Directory.CreateDirectory(NewFile(name)).FullName;

    public string Write(string name, string text)
    {
        var file = NewFile(name);
        File.WriteAllText(file, text);
        return file;
    }

    /// <summary>A port that was free a moment ago.</summary>
    public static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <summary>The assembly of a published build, as its Dockerfile publishes it.</summary>
    public async Task<string> PublishAsync(string project)
    {
        string[] options = ["--arch", RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant(), "--no-self-contained", "-p:UseAppHost=false", .. project == "token-service" ? ["-p:PublishReadyToRun=true"] : Array.Empty<string>()];
        var output = Path.Combine(Results, "publish", project);
        Console.Error.WriteLine($"publishing {project}");
        await using var publish = ServerProcess.Start(this, $"publish-{project}", "dotnet",
            ["publish", Path.Combine(Repository, project), "--configuration", "Release", "--output", output, "--nologo", .. options]);
        await publish.EndedAsync();
        return Path.Combine(output, $"{project}.dll");
    }

    /// <summary>A random password for a user of this run.</summary>
    public static string NewPassword() => Convert.ToHexString(RandomNumberGenerator.GetBytes(12)).ToLowerInvariant();

    private static string FindRepository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Gateway.sln"))) return folder.FullName;
        }

        throw new BenchmarkException("run this from a clone of the repository: Gateway.sln was not found above the program");
    }
}
