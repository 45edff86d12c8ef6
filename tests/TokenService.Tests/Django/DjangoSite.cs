using System.Diagnostics;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.TokenService.Tests.Django;

/// <summary>A process with the real djangorestframework-simplejwt: <c>peer.py</c>.</summary>
public sealed class DjangoSite : IDisposable
{
    private readonly Process _process;

    private DjangoSite(Process process, Uri address)
    {
        _process = process;
        Address = address;
        Client = new TokenClient(address);
    }

    public Uri Address { get; }

    public TokenClient Client { get; }

    /// <summary>Skips the test where Django or simplejwt is not installed; fails it with CI=true.</summary>
    /// <param name="arguments">Those of <c>peer.py</c>.</param>
    public static async Task<DjangoSite> StartAsync(params IEnumerable<string> arguments)
    {
        const string Words = "Listening on ";
        var start = new ProcessStartInfo(Needs.SimpleJwt(), [Path.Combine(AppContext.BaseDirectory, "Django", "peer.py"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var line = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        if (line?.StartsWith(Words, StringComparison.Ordinal) == true) return new DjangoSite(process, new Uri(line[Words.Length..]));
        throw new InvalidOperationException($"peer.py did not start: {await errors}");
    }

    public void Dispose()
    {
        Client.Dispose();
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }
}
