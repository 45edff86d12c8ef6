using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.TokenService.Tests.Commands;

public sealed class MistypedCommandTests
{
    [Fact]
    public async Task UnknownFirstWord_IsAnErrorAndStartsNothing()
    {
        using var folder = new TestFolder();
        var (exitCode, errors) = await ServiceProcess.RunAsync(folder, "user", "list");
        Assert.Equal(1, exitCode);
        Assert.Contains(errors, line => line.Contains("'user'", StringComparison.Ordinal));
        Assert.False(Directory.Exists(folder.File("data")));
    }

    [Fact]
    public async Task CommandWhereNoDatabaseIs_SaysSoAndMakesNone()
    {
        using var folder = new TestFolder();
        var (exitCode, errors) = await ServiceProcess.RunAsync(folder, "users", "list");
        Assert.Equal(1, exitCode);
        Assert.Contains("Storage__DataDirectory", Assert.Single(errors), StringComparison.Ordinal);
        Assert.False(File.Exists(folder.File("data/token-service.db")));
    }
}
