using FrontDoor.Gateway.Commands;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.Commands;

public sealed class HealthCheckCommandTests(SharedGateway gateway)
{
    [Fact]
    public async Task ReadyGateway_Is0() =>
        Assert.Equal(0, await HealthCheckCommand.AskAsync(new Uri(gateway.App.ManagementAddress, "/health/ready").AbsoluteUri));

    [Fact]
    public async Task OtherAnswer_Is1AndSaysWhich()
    {
        using var folder = new TestFolder();
        var (exitCode, error) = await GatewayProcess.RunAsync(
            folder.FullPath, ["healthcheck", new Uri(gateway.Address, "/health/ready").AbsoluteUri], TestContext.Current.CancellationToken);
        Assert.Equal(1, exitCode);
        Assert.Contains("answered 404", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NoGateway_Is1()
    {
        var gone = await TestServer.StartAsync();
        var address = gone.Address.AbsoluteUri;
        await gone.DisposeAsync();
        foreach (var url in new[] { address, "not an address" })
        {
            using var folder = new TestFolder();
            var (exitCode, error) = await GatewayProcess.RunAsync(folder.FullPath, ["healthcheck", url], TestContext.Current.CancellationToken);
            Assert.Equal(1, exitCode);
            Assert.StartsWith($"{url}: ", error, StringComparison.Ordinal);
        }
    }
}
