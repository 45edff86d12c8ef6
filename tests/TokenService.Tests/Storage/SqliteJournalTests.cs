using FrontDoor.TestKit;
using FrontDoor.TokenService.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace FrontDoor.TokenService.Tests.Storage;

public sealed class SqliteJournalTests(AppFixture service) : IClassFixture<AppFixture>
{
    [Fact]
    public async Task NewDatabase_UsesTheWriteAheadLogWithDurableCommits() =>
        Assert.Equal(("wal", 2), await service.App.QueryAsync(async db => (await TextAsync(db, "journal_mode"), int.Parse(await TextAsync(db, "synchronous"), null))));

    [Fact]
    public async Task DatabaseWithARollbackJournal_IsMovedToTheWriteAheadLog()
    {
        using var folder = new TestFolder();
        await using (var app = TokenServiceApp.Start(folder: folder)) await app.QueryAsync(db => TextAsync(db, "journal_mode = DELETE"));
        await using var again = TokenServiceApp.Start(folder: folder);
        Assert.Equal("wal", await again.QueryAsync(db => TextAsync(db, "journal_mode")));
    }

    // The pool closes idle connections; with the last one SQLite removes the log, and the first of a burst make it again.
    [Fact]
    public async Task BurstAfterAllConnectionsWereClosed_IsAnswered()
    {
        for (var round = 0; round < 10; round++)
        {
            var pair = await service.Client.ObtainAsync();
            SqliteConnection.ClearAllPools();
            var answers = await service.Client.RefreshManyAsync(pair.Refresh, 20);
            Assert.All(answers, answer => answer.Succeeded());
        }
    }

    private static async Task<string> TextAsync(TokenDb db, string pragma)
    {
        await db.Database.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = $"PRAGMA {pragma}";
        return (await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!.ToString()!;
    }
}
