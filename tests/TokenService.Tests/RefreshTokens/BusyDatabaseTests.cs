using FrontDoor.TokenService.RefreshTokens;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace FrontDoor.TokenService.Tests.RefreshTokens;

/// <summary>SQLite's one writer is somebody else for a while: a command that imports users, a backup.</summary>
public sealed class BusyDatabaseTests(AppFixture service) : IClassFixture<AppFixture>
{
    [Fact]
    public async Task RefreshDuringALongWrite_WaitsAndSucceeds()
    {
        var pairs = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => service.Client.ObtainAsync()));
        var file = await service.App.QueryAsync(db => Task.FromResult(db.Database.GetDbConnection().DataSource));
        await using var other = new SqliteConnection($"Data Source={file};Pooling=False");
        await other.OpenAsync(TestContext.Current.CancellationToken);
        await using (var import = other.BeginTransaction(deferred: false))
        {
            var refreshes = pairs.Select(pair => service.Client.RefreshAsync(pair.Refresh)).ToArray();
            // Readers are not held up.
            foreach (var pair in pairs) (await service.Client.VerifyAsync(pair.Access)).Succeeded();
            Assert.DoesNotContain(refreshes, refresh => refresh.IsCompleted);
            await import.CommitAsync(TestContext.Current.CancellationToken);
            foreach (var answer in await Task.WhenAll(refreshes)) Assert.Equal("1", Jwt.Claim(answer.Refresh, RefreshTokenIssuer.CounterClaim));
        }
    }

    // A sign-in has a connection of its own, which waits for the writer to pause.
    [Fact]
    public async Task SignInsDuringAStreamOfRefreshes_Succeed()
    {
        var pairs = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => service.Client.ObtainAsync()));
        using var stop = new CancellationTokenSource();
        var streams = pairs.Select(pair => Task.Run(async () =>
        {
            var rounds = 0;
            for (var current = pair; !stop.IsCancellationRequested; rounds++) current = await service.Client.RefreshAsync(current.Refresh);
            return rounds;
        })).ToArray();
        for (var i = 0; i < 5; i++) (await service.Client.ObtainAsync()).Succeeded();
        await stop.CancelAsync();
        Assert.All(await Task.WhenAll(streams), rounds => Assert.NotEqual(0, rounds));
    }
}
