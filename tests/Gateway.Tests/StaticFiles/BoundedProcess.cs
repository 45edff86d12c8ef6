using System.Diagnostics;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.StaticFiles;

/// <summary>A gateway process for which the modes of files count, as they do not for one of the superuser's with all its capabilities.</summary>
internal sealed class BoundedProcess : IDisposable
{
    private readonly Process _process;

    private BoundedProcess(Process process, Uri address) => (_process, Address) = (process, address);

    public Uri Address { get; }

    /// <param name="folder">Has its <c>appsettings.json</c>, with one listener at port 0.</param>
    public static async Task<BoundedProcess> StartAsync(TestFolder folder)
    {
        var setpriv = OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess;
        if (OperatingSystem.IsWindows() || (setpriv && !File.Exists("/usr/bin/setpriv"))) Assert.Skip("nobody here is kept from reading files");
        var process = setpriv
            ? GatewayProcess.Start(folder.FullPath, [], through: ["/usr/bin/setpriv", "--bounding-set=-dac_override,-dac_read_search"])
            : GatewayProcess.Start(folder.FullPath, []);
        var address = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        process.OutputDataReceived += (_, e) =>
        {
            if (e.Data?.Split("Now listening on: ") is [_, var url]) address.TrySetResult(new Uri(url.Trim()));
        };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new(process, await address.Task.WaitAsync(Until.Patience, TestContext.Current.CancellationToken));
    }

    public Task<RawAnswer> AskAsync(string method, string target, params string[] fields) => RawAnswer.OfAsync(Address, method, target, fields);

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }
}
