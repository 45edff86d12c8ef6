using FrontDoor.TestKit;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace FrontDoor.TokenService.Tests.Commands;

public sealed class SeedSessionsCommandTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task DatabaseWithoutSessions_IsFilled_AndOneWithSessionsOnlyIfAskedTo()
    {
        await using var app = TokenServiceApp.Start(folder: _folder);
        using var client = new TokenClient(app.Address);
        Assert.Equal("Made 10050 session(s) of alice\n", (await RunAsync("--user", "alice", "--count", "10050")).Succeeded());
        Assert.Equal(10050, await CountAsync(app));

        (await RunAsync("--user", "alice")).Failed("The database has sessions; this command is for measurements. To add to them: --yes");
        var pair = await client.ObtainAsync();
        (await RunAsync("--user", "alice", "--count", "10", "--yes")).Succeeded();
        Assert.Equal(10061, await CountAsync(app));
        (await client.RefreshAsync(pair.Refresh)).Succeeded();
    }

    [Fact]
    public async Task UnknownUserOrNoNumber_IsRefused()
    {
        await using var app = TokenServiceApp.Start(folder: _folder);
        (await RunAsync("--user", "nobody")).Failed("There is no user 'nobody'");
        Assert.Equal(1, (await RunAsync("--user", "alice", "--count", "0")).ExitCode);
        Assert.Equal(0, await CountAsync(app));
    }

    [Fact]
    public async Task Help_DoesNotOfferIt() =>
        Assert.DoesNotContain("seed", (await ServiceProcess.CommandAsync(_folder, "", "sessions", "--help")).Succeeded(), StringComparison.Ordinal);

    private Task<CommandResult> RunAsync(params string[] arguments) => ServiceProcess.CommandAsync(_folder, "", ["sessions", "seed", .. arguments]);

    private static Task<int> CountAsync(TokenServiceApp app) => app.QueryAsync(db => db.Sessions.CountAsync(TestContext.Current.CancellationToken));
}
