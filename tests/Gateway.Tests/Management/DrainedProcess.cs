using System.Diagnostics;
using System.Net.Sockets;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.Management;

/// <summary>A gateway process at two ports that it comes back on, in front of one back end; started and ended as an orchestrator would.</summary>
internal sealed class DrainedProcess : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly HttpClient _management;
    private readonly IReadOnlyList<string> _arguments;
    private readonly IReadOnlyDictionary<string, string>? _environment;
    private readonly string? _output;
    private Process? _process;

    /// <param name="output">See <see cref="GatewayProcess.Start"/>; <see cref="Unread"/> for a pipe that nobody reads.</param>
    public DrainedProcess(
        TestServer backend, string drainDelay, string drainTimeout, IReadOnlyList<string>? arguments = null, IReadOnlyDictionary<string, string>? environment = null, string? output = null)
    {
        (_arguments, _environment, _output) = (arguments ?? [], environment, output);
        (Public, var management) = (FreePort.Address(), FreePort.Address());
        _management = Client.For(management);
        _folder.Write("appsettings.json", $$"""
            {
              "Kestrel": { "Endpoints": { "Public": { "Url": "{{Public}}" }, "Management": { "Url": "{{management}}" } } },
              "Management": { "DrainDelay": "{{drainDelay}}", "DrainTimeout": "{{drainTimeout}}" },
              "ReverseProxy": {
                "Routes": { "all": { "ClusterId": "c", "AuthorizationPolicy": "Anonymous", "Match": { "Path": "/{**rest}" } } },
                "Clusters": { "c": { "Destinations": { "d": { "Address": "{{backend.Address}}" } } } }
              }
            }
            """);
    }

    /// <summary>Its standard output is a pipe, and nobody reads it.</summary>
    public const string Unread = "unread";

    public Uri Public { get; }

    /// <summary>What it holds of the machine's memory, in bytes.</summary>
    public long ResidentBytes
    {
        get
        {
            _process!.Refresh();
            return _process.WorkingSet64;
        }
    }

    public async Task StartAsync()
    {
        _process = GatewayProcess.Start(_folder.FullPath, _arguments, _environment, _output == Unread ? null : _output);
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, _) => { };
        if (_output != Unread) _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await Until.TrueAsync(async () => _process.HasExited || await IsReadyAsync(), "the gateway is ready");
        Assert.False(_process.HasExited, "the gateway ended");
    }

    public Task<bool> IsReadyAsync() => GatewayProcess.IsReadyAsync(_management, TestContext.Current.CancellationToken);

    public Task BecomesUnreadyAsync() => Until.TrueAsync(async () => !await IsReadyAsync(), "the gateway is not ready any more");

    public Task NoLongerAcceptsAsync() => Until.TrueAsync(
        async () =>
        {
            using var probe = new TcpClient();
            try
            {
                await probe.ConnectAsync(Public.Host, Public.Port, TestContext.Current.CancellationToken);
                return false;
            }
            catch (SocketException)
            {
                return true;
            }
        },
        "the gateway takes no more connections");

    public void Terminate() => Process.Start("kill", ["-TERM", $"{_process!.Id}"]).WaitForExit();

    /// <returns>The exit code.</returns>
    public async Task<int> ExitAsync()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Until.Patience);
        await _process!.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (_process is { HasExited: false }) _process.Kill();
        _process?.Dispose();
        _management.Dispose();
        _folder.Dispose();
    }
}
