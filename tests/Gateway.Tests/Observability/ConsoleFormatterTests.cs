using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.Observability;

/// <summary>The console's settings are Microsoft's, and change while the gateway runs.</summary>
public sealed class ConsoleFormatterTests : IDisposable
{
    private readonly TestFolder _folder = new();

    [Fact]
    public async Task ChangedFormatter_WritesTheNextLines()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "its output goes to a file by way of a Unix shell");
        var (address, management) = (FreePort.Address(), FreePort.Address());
        Configure("simple");
        using var gateway = GatewayProcess.Start(_folder.FullPath, [], output: _folder.File("log"));
        try
        {
            using var health = Client.For(management);
            await Until.TrueAsync(async () => gateway.HasExited || await GatewayProcess.IsReadyAsync(health), "the gateway is ready");
            using var client = Client.For(address);
            await LineAsync("/before", line => line.StartsWith("info: ", StringComparison.Ordinal));
            Configure("json");
            await LineAsync("/after", line => line.StartsWith("{\"EventId\":", StringComparison.Ordinal));

            Task LineAsync(string path, Func<string, bool> isRight) => Until.TrueAsync(
                async () =>
                {
                    using var answer = await client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
                    var log = await File.ReadAllLinesAsync(_folder.File("log"), TestContext.Current.CancellationToken);
                    return log.Any(line => line.Contains($"GET {path} 404", StringComparison.Ordinal) && isRight(line));
                },
                $"a right line for {path}");
        }
        finally
        {
            gateway.Kill(entireProcessTree: true);
        }

        void Configure(string formatter) => _folder.Write("appsettings.json", $$"""
            {
              "Kestrel": { "Endpoints": { "Public": { "Url": "{{address}}" }, "Management": { "Url": "{{management}}" } } },
              "Logging": { "LogLevel": { "Default": "Information" }, "Console": { "FormatterName": "{{formatter}}", "FormatterOptions": { "SingleLine": true } } }
            }
            """);
    }

    public void Dispose() => _folder.Dispose();
}
