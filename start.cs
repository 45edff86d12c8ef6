#:package System.CommandLine
#:property PublishAot=false

// dotnet run start.cs -- [options]
// Builds what is out of date, starts token service, two back ends and gateway, and ends them all together.

using System.CommandLine;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;

var data = new Option<string?>("--data") { Description = "Folder of all state: database, keys, demo passwords. Default: .data beside start.cs" };
var readyFile = new Option<string?>("--ready-file") { Description = "Write addresses and demo users as JSON to this file once all is ready" };
var gatewayPort = Port("--gateway-port", 8080, "Public port of the gateway");
var managementPort = Port("--management-port", 8081, "Management port of the gateway, loopback only");
var tokenServicePort = Port("--token-service-port", 8090, "Port of the token service");
var backendPort = Port("--backend-port", 8091, "Port of the first sample back end");
var secondBackendPort = Port("--second-backend-port", 8092, "Port of the second sample back end");

var command = new RootCommand("Starts the front door: gateway, token service and two sample back ends. Port 0 takes any free one.")
{
    data, readyFile, gatewayPort, managementPort, tokenServicePort, backendPort, secondBackendPort,
};
command.SetAction(async (options, _) =>
{
    var root = (string)AppContext.GetData("EntryPointFileDirectoryPath")!;
    using var door = new FrontDoor(
        root,
        Path.GetFullPath(options.GetValue(data) ?? Path.Combine(root, ".data")),
        new Ports(
            options.GetValue(gatewayPort), options.GetValue(managementPort), options.GetValue(tokenServicePort),
            options.GetValue(backendPort), options.GetValue(secondBackendPort)).Settle());
    return await door.RunAsync(options.GetValue(readyFile));
});

try
{
    return await command.Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
}
catch (CannotStartException e)
{
    Console.Error.WriteLine($"start: {e.Message}");
    return 1;
}

static Option<int> Port(string name, int standard, string description)
{
    var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => standard };
    option.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<int>() is < 0 or > 65535) result.AddError($"{name} must be from 0 to 65535");
    });
    return option;
}

/// <summary>A reason not to start, in one line.</summary>
internal sealed class CannotStartException(string message) : Exception(message);

internal sealed record Ports(int Gateway, int Management, int TokenService, int Backend, int SecondBackend)
{
    /// <summary>Replaces 0 by free ports and makes sure that the others are free.</summary>
    public Ports Settle()
    {
        int[] chosen = [.. new[] { Gateway, Management, TokenService, Backend, SecondBackend }.Where(p => p != 0)];
        if (chosen.Distinct().Count() < chosen.Length) throw new CannotStartException("two of the ports are the same; each service needs one of its own");
        // All held until the last is found, or two might be given the same free one.
        var probes = new List<TcpListener>();
        try
        {
            return new(
                Settle(Gateway, "gateway", "--gateway-port", probes),
                Settle(Management, "gateway's management", "--management-port", probes),
                Settle(TokenService, "token service", "--token-service-port", probes),
                Settle(Backend, "first back end", "--backend-port", probes),
                Settle(SecondBackend, "second back end", "--second-backend-port", probes));
        }
        finally
        {
            probes.ForEach(probe => probe.Dispose());
        }
    }

    private static int Settle(int port, string owner, string option, List<TcpListener> probes)
    {
        try
        {
            var probe = new TcpListener(IPAddress.Loopback, port);
            probes.Add(probe);
            probe.Start();
            return ((IPEndPoint)probe.LocalEndpoint).Port;
        }
        catch (SocketException e)
        {
            throw new CannotStartException($"port {port} for the {owner} is not free ({e.Message}); stop what uses it or choose another with {option}");
        }
    }
}

/// <summary>The whole demo: state, services, and their common end.</summary>
internal sealed class FrontDoor(string root, string data, Ports ports) : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Service> _services = [];
    private FileStream? _lock;

    private string Address => $"http://localhost:{ports.Gateway}";

    public async Task<int> RunAsync(string? readyFile)
    {
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);
        using var orphan = Parent.WatchFor(_stop);
        try
        {
            LockData();
            var demo = new DemoUser("demo", Password("demo-password"));
            var admin = new DemoUser("admin", Password("admin-password"));
            Builder.BuildIfOutOfDate(root, _stop.Token);

            var watch = Stopwatch.StartNew();
            StartServices();
            await WaitUntilReadyAsync();
            Welcome(demo, admin, watch.Elapsed);
            if (readyFile is not null) WriteReadyFile(readyFile, demo, admin);

            await WatchAsync();
            return 1;
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return 0;
        }
        finally
        {
            await Task.WhenAll(_services.Select(s => s.EndAsync()));
        }
    }

    /// <summary>The demo goes on without a back end, as the gateway does; without gateway or token service it ends.</summary>
    private async Task WatchAsync()
    {
        var living = _services.ToList();
        while (true)
        {
            var ended = await Task.WhenAny(living.Select(s => s.Ended)).WaitAsync(_stop.Token);
            var gone = living.First(s => s.Ended == ended);
            living.Remove(gone);
            if (!gone.IsBackend) throw new CannotStartException(await ended);
            Console.WriteLine($"start: {await ended}; the gateway goes on without it");
        }
    }

    public void Dispose()
    {
        foreach (var service in _services) service.Dispose();
        _lock?.Dispose();
        _stop.Dispose();
    }

    private void Stop(PosixSignalContext signal)
    {
        signal.Cancel = true;
        _stop.Cancel();
    }

    private void LockData()
    {
        try
        {
            if (OperatingSystem.IsWindows()) Directory.CreateDirectory(data);
            else Directory.CreateDirectory(data, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CannotStartException($"the data folder {data} cannot be made ({e.Message}); choose another with --data");
        }

        try
        {
            _lock = new FileStream(Path.Combine(data, "start.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            throw new CannotStartException($"another front door is running on {data}; end it or choose another folder with --data");
        }
        catch (UnauthorizedAccessException e)
        {
            throw new CannotStartException($"the data folder {data} cannot be written ({e.Message}); choose another with --data");
        }
    }

    private string Password(string name)
    {
        var file = Path.Combine(data, name);
        if (File.Exists(file)) return File.ReadAllText(file);
        if (File.Exists(Path.Combine(data, "token-service", "token-service.db")))
            throw new CannotStartException($"the database has its demo users but {file} with a password is gone; restore it or remove the folder {data}");

        var password = RandomNumberGenerator.GetString("abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789", 20);
        PrivateFile.Write(file, password);
        return password;
    }

    private void StartServices()
    {
        var tokenService = $"http://127.0.0.1:{ports.TokenService}";
        var backends = new[] { $"http://127.0.0.1:{ports.Backend}", $"http://127.0.0.1:{ports.SecondBackend}" };

        var feedKey = Path.Combine(data, "feed-key");
        if (!File.Exists(feedKey)) PrivateFile.Write(feedKey, RandomNumberGenerator.GetHexString(64, lowercase: true));

        Start("token-service", "token-service", 36, $"{tokenService}/health/ready", new()
        {
            ["Kestrel__Endpoints__Http__Url"] = tokenService,
            ["Storage__DataDirectory"] = Path.Combine(data, "token-service"),
            ["AccessTokens__Issuer"] = Address,
            ["Revocations__FeedKeyFile"] = feedKey,
            ["Users__Seed__demo__PasswordFile"] = Path.Combine(data, "demo-password"),
            ["Users__Seed__demo__DisplayName"] = "Demo User",
            ["Users__Seed__admin__PasswordFile"] = Path.Combine(data, "admin-password"),
            ["Users__Seed__admin__DisplayName"] = "Demo Admin",
            ["Users__Seed__admin__Roles__0"] = "admin",
        });
        for (var i = 0; i < backends.Length; i++)
            Start($"backend-{i + 1}", "sample-backend", 32, $"{backends[i]}/health", new() { ["ASPNETCORE_URLS"] = backends[i], ["Flaky__Phase"] = $"{i}" });

        var gateway = new Dictionary<string, string>
        {
            ["Kestrel__Endpoints__Public__Url"] = Address,
            ["Kestrel__Endpoints__Management__Url"] = $"http://127.0.0.1:{ports.Management}",
            ["Issuers__token-service__Issuer"] = Address,
            ["Issuers__token-service__MetadataAddress"] = $"{tokenService}/.well-known/openid-configuration",
            ["Issuers__token-service__KeysStateFile"] = Path.Combine(data, "gateway", "keys.json"),
            ["Issuers__token-service__Revocations__FeedAddress"] = $"{tokenService}/revocations/feed",
            ["Issuers__token-service__Revocations__KeyFile"] = feedKey,
            ["Issuers__token-service__Revocations__StateFile"] = Path.Combine(data, "gateway", "revocations.json"),
            ["ReverseProxy__Clusters__token-service__Destinations__first__Address"] = tokenService,
        };
        foreach (var cluster in new[] { "sample", "orders" })
        {
            gateway[$"ReverseProxy__Clusters__{cluster}__Destinations__first__Address"] = backends[0];
            gateway[$"ReverseProxy__Clusters__{cluster}__Destinations__second__Address"] = backends[1];
        }

        Start("gateway", "gateway", 35, $"http://127.0.0.1:{ports.Management}/health/ready", gateway);
    }

    private void Start(string name, string folder, int colour, string health, Dictionary<string, string> settings) =>
        _services.Add(Service.Start(name, Path.Combine(root, folder), Builder.Output(root, folder), colour, health, settings));

    private async Task WaitUntilReadyAsync()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(2) };
        var firstEnd = Task.WhenAny(_services.Select(s => s.Ended));
        var ready = Task.WhenAll(_services.Select(s => s.WaitUntilReadyAsync(http, patience.Token)));
        try
        {
            if (await Task.WhenAny(ready, firstEnd) == firstEnd)
            {
                _stop.Token.ThrowIfCancellationRequested();
                throw new CannotStartException(await await firstEnd);
            }

            await ready;
        }
        catch (OperationCanceledException) when (!_stop.IsCancellationRequested)
        {
            throw new CannotStartException("not all services became ready within 60 seconds; their log lines above say why");
        }
    }

    private void Welcome(DemoUser demo, DemoUser admin, TimeSpan elapsed) => Console.WriteLine($"""

        Front Door is ready after {elapsed.TotalSeconds:F1} s:  {Address}

          user   {demo.Name,-6} password {demo.Password}
          admin  {admin.Name,-6} password {admin.Password}

          access=$(curl -s {Address}/api/token/ -d username={demo.Name} -d password={demo.Password} | sed 's/.*"access":"\([^"]*\)".*/\1/')
          curl -s {Address}/api/profile/ -H "Authorization: Bearer $access"
          curl -i {Address}/api/profile/                                      # without a token: 401

        Ctrl-C ends everything. State is in {data}

        """);

    private void WriteReadyFile(string path, DemoUser demo, DemoUser admin)
    {
        var json = JsonSerializer.Serialize(new Dictionary<string, string>
        {
            ["gateway"] = Address,
            ["management"] = $"http://127.0.0.1:{ports.Management}",
            ["tokenService"] = $"http://127.0.0.1:{ports.TokenService}",
            ["username"] = demo.Name,
            ["password"] = demo.Password,
            ["adminUsername"] = admin.Name,
            ["adminPassword"] = admin.Password,
        });
        // Whoever waits for the file must not read half of it.
        PrivateFile.Write(path + ".part", json);
        File.Move(path + ".part", path, overwrite: true);
    }
}

internal sealed record DemoUser(string Name, string Password);

/// <summary>One child process. It ends when its standard input does, so it cannot outlive this process (see StartupHook).</summary>
internal sealed class Service : IDisposable
{
    private static readonly bool Colours = !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("NO_COLOR") is null;

    private readonly string _name;
    private readonly string _health;
    private readonly Process _process;
    private string _lastLine = "no output";
    private bool _ready;

    private Service(string name, string health, ProcessStartInfo info, int colour)
    {
        _name = name;
        _health = health;
        var prefix = Colours ? $"\e[{colour}m{name,-13}\e[0m | " : $"{name,-13} | ";
        _process = Dotnet.Start(info);
        DataReceivedEventHandler show = (_, line) =>
        {
            if (line.Data is not { Length: > 0 } text) return;
            _lastLine = text;
            Console.WriteLine(prefix + text);
        };
        _process.OutputDataReceived += show;
        _process.ErrorDataReceived += show;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Ended = WaitForEndAsync();
    }

    public bool IsBackend => _name.StartsWith("backend", StringComparison.Ordinal);

    /// <summary>Completes when the process is gone, with a sentence about it.</summary>
    public Task<string> Ended { get; }

    public static Service Start(string name, string folder, string assembly, int colour, string health, Dictionary<string, string> settings)
    {
        var info = new ProcessStartInfo("dotnet", [assembly])
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (key, value) in settings) info.Environment[key] = value;
        info.Environment["DOTNET_STARTUP_HOOKS"] = typeof(Service).Assembly.Location;
        return new Service(name, health, info, colour);
    }

    public async Task WaitUntilReadyAsync(HttpClient http, CancellationToken cancellationToken)
    {
        while (!_ready)
        {
            await Task.Delay(50, cancellationToken);
            try
            {
                using var answer = await http.GetAsync(_health, cancellationToken);
                // "Degraded" is 200 too: the gateway then serves files but cannot check tokens yet.
                _ready = answer.IsSuccessStatusCode && !(await answer.Content.ReadAsStringAsync(cancellationToken)).Contains("Degraded", StringComparison.Ordinal);
            }
            catch (Exception e) when (e is HttpRequestException || (e is TaskCanceledException && !cancellationToken.IsCancellationRequested))
            {
                // Not listening yet.
            }
        }
    }

    public async Task EndAsync()
    {
        if (_process.HasExited) return;
        _process.StandardInput.Close();
        try
        {
            await Ended.WaitAsync(TimeSpan.FromSeconds(15));
        }
        catch (TimeoutException)
        {
            _process.Kill(entireProcessTree: true);
        }
    }

    public void Dispose() => _process.Dispose();

    private async Task<string> WaitForEndAsync()
    {
        await _process.WaitForExitAsync();
        return _ready ? $"{_name} ended unexpectedly with exit code {_process.ExitCode}" : $"{_name} ended at start with exit code {_process.ExitCode}: {_lastLine}";
    }
}

internal static class Dotnet
{
    public static Process Start(ProcessStartInfo info)
    {
        try
        {
            return Process.Start(info)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new CannotStartException($"`dotnet`, of the .NET SDK, was not found on the PATH ({e.Message})");
        }
    }
}

/// <summary>Builds the three services, and only when a source is newer than the last build.</summary>
internal static class Builder
{
    private static readonly string[] Folders = ["gateway", "token-service", "sample-backend"];
    private static readonly string[] Sources = ["*.cs", "*.csproj", "*.json"];

    public static string Output(string root, string folder) => Path.Combine(root, folder, "bin", "Release", "net10.0", folder + ".dll");

    public static void BuildIfOutOfDate(string root, CancellationToken cancellationToken)
    {
        // Two front doors may start at once; one builds, the other waits and finds it done.
        using var onlyBuilder = WaitForLock(Path.Combine(root, "gateway", "obj", "start.lock"), cancellationToken);

        // Not the assemblies' own times: MSBuild leaves one alone when a source changed without effect on it.
        var stamp = Path.Combine(root, "gateway", "obj", "start.stamp");
        if (File.Exists(stamp) && Folders.All(f => File.Exists(Output(root, f))) && NewestSource(root) < File.GetLastWriteTimeUtc(stamp)) return;

        Console.WriteLine("Building gateway, token service and sample back end ...");
        var started = DateTime.UtcNow;
        using var build = Dotnet.Start(new ProcessStartInfo("dotnet", ["build", Path.Combine(root, "Services.slnf"), "-c", "Release", "--nologo", "-v", "minimal"])
        {
            WorkingDirectory = root,
            UseShellExecute = false,
        });
        using (cancellationToken.Register(() => build.Kill(entireProcessTree: true))) build.WaitForExit();
        cancellationToken.ThrowIfCancellationRequested();
        if (build.ExitCode != 0) throw new CannotStartException($"the build failed with exit code {build.ExitCode}; its output is above");

        File.WriteAllText(stamp, "");
        File.SetLastWriteTimeUtc(stamp, started);
    }

    private static FileStream WaitForLock(string file, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        while (true)
        {
            try
            {
                return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (!cancellationToken.IsCancellationRequested)
            {
                cancellationToken.WaitHandle.WaitOne(200);
            }
        }
    }

    private static DateTime NewestSource(string root) => Folders
        .SelectMany(folder => Directory.EnumerateDirectories(Path.Combine(root, folder))
            .Where(d => Path.GetFileName(d) is not ("bin" or "obj" or "wwwroot"))
            .SelectMany(d => Sources.SelectMany(s => Directory.EnumerateFiles(d, s, SearchOption.AllDirectories)))
            .Concat(Sources.SelectMany(s => Directory.EnumerateFiles(Path.Combine(root, folder), s))))
        .Concat(Directory.EnumerateFiles(root, "Directory.*.props"))
        .Append(Path.Combine(root, "global.json"))
        .Max(File.GetLastWriteTimeUtc);
}

internal static class PrivateFile
{
    /// <summary>Writes a file that its owner alone can read, from its first byte on.</summary>
    public static void Write(string path, string content)
    {
        File.Delete(path);
        var create = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) create.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = new StreamWriter(path, create);
        file.Write(content);
    }
}

/// <summary>`dotnet run` is our parent. Killed hard, it cannot tell us; on Unix we then get another parent.</summary>
internal static partial class Parent
{
    public static IDisposable? WatchFor(CancellationTokenSource stop)
    {
        if (OperatingSystem.IsWindows()) return null; // there `dotnet run` puts us into a job that ends with it
        var parent = GetParentId();
        return IsDotnet(parent)
            ? new Timer(_ =>
            {
                if (GetParentId() != parent) stop.Cancel();
            }, null, TimeSpan.FromMilliseconds(500), TimeSpan.FromMilliseconds(500))
            : null;
    }

    private static bool IsDotnet(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return process.ProcessName == "dotnet";
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    [DllImport("libc", EntryPoint = "getppid")]
    private static extern int GetParentId();
}

/// <summary>
/// Runs inside each service (DOTNET_STARTUP_HOOKS): when the pipe to its standard input closes, because start.cs ends or was killed,
/// the service stops as on SIGTERM. So the services themselves need no code for the demo.
/// </summary>
internal static class StartupHook
{
    public static void Initialize() => new Thread(WaitForEndOfInput) { IsBackground = true, Name = "end with start.cs" }.Start();

    private static void WaitForEndOfInput()
    {
        using var input = Console.OpenStandardInput();
        var ignored = new byte[64];
        while (input.Read(ignored) > 0)
        {
            // Nobody writes; only the end counts.
        }

        if (OperatingSystem.IsWindows()) Environment.Exit(0);
        _ = Kill(Environment.ProcessId, 15);
        Thread.Sleep(TimeSpan.FromSeconds(10));
        Process.GetCurrentProcess().Kill();
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int process, int signal);
}
