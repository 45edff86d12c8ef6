using System.Diagnostics;
using FrontDoor.TestKit;
using FrontDoor.TokenService.Commands;
using Xunit;

namespace FrontDoor.TokenService.Tests.Commands;

public sealed class HealthCheckCommandTests
{
    [Fact]
    public async Task ProcessFromStartToSignal_IsHealthyThenEndsWithZero()
    {
        using var folder = new TestFolder();
        using var service = ServiceProcess.Start(folder, "--Kestrel:Endpoints:Http:Url=http://127.0.0.1:0");
        var address = await service.ListensAsync();
        var ready = new Uri(address, "/health/ready");
        // The first answer is compiled on the way, and on a busy machine that outlasts the command's 3 seconds.
        using (var client = new TokenClient(address)) (await client.GetAsync(ready.AbsolutePath)).Succeeded();
        Assert.Equal((0, 0), await CheckAsync(folder, ready));

        using var signal = Process.Start("kill", ["-TERM", $"{service.Id}"]);
        var (exitCode, errors) = await service.EndAsync();
        Assert.Equal(0, exitCode);
        Assert.Empty(errors);
        Assert.Equal((1, 1), await CheckAsync(folder, ready));
    }

    [Theory]
    [InlineData(200, 0)]
    [InlineData(503, 1)]
    [InlineData(404, 1)]
    [InlineData(302, 1)]
    public async Task AnswerOfTheService_DecidesTheExitCode(int status, int exitCode)
    {
        await using var service = await TestServer.StartAsync(context =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        });
        Assert.Equal(exitCode, await HealthCheckCommand.AskAsync(service.Address.ToString()));
    }

    [Theory]
    [InlineData("not an address")]
    [InlineData("relative/path")]
    [InlineData("ftp://127.0.0.1/")]
    public async Task BadAddress_IsUnhealthy(string address) => Assert.Equal(1, await HealthCheckCommand.AskAsync(address));

    private static async Task<(int ExitCode, int ErrorLines)> CheckAsync(TestFolder folder, Uri address)
    {
        var (exitCode, errors) = await ServiceProcess.RunAsync(folder, "healthcheck", address.ToString());
        return (exitCode, errors.Length);
    }
}
