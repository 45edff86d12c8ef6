using FrontDoor.TestKit;
using Microsoft.Data.Sqlite;
using Xunit;

namespace FrontDoor.TokenService.Tests.Storage;

/// <summary>The row with which EF guards SQLite migrations survives a killed process (dotnet/efcore#34439).</summary>
public sealed class LeftoverLockTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task LeftoverLockBeforeTheFirstMigration_DoesNotHangTheStart()
    {
        LeaveLock();
        await AssertStartsAsync();
    }

    [Fact]
    public async Task LeftoverLockInAMigratedDatabase_DoesNotHangTheStart()
    {
        await AssertStartsAsync();
        LeaveLock();
        await AssertStartsAsync();
    }

    [Fact]
    public async Task AnotherProcessThatMigratesTheSameFile_IsWaitedFor()
    {
        Directory.CreateDirectory(_folder.File("data"));
        var other = new FileStream(_folder.File("data/migrating.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        var start = AssertStartsAsync();
        await Task.WhenAny(start, Task.Delay(TimeSpan.FromMilliseconds(300), TestContext.Current.CancellationToken));
        Assert.False(start.IsCompleted);
        await other.DisposeAsync();
        await start;
    }

    private async Task AssertStartsAsync()
    {
        await using var app = await Task.Run(() => TokenServiceApp.Start(folder: _folder)).WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        using var client = new TokenClient(app.Address);
        (await client.ObtainAsync()).Succeeded();
    }

    private void LeaveLock()
    {
        Directory.CreateDirectory(_folder.File("data"));
        using var connection = new SqliteConnection($"Data Source={_folder.File("data/token-service.db")}");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = """
            CREATE TABLE IF NOT EXISTS "__EFMigrationsLock" ("Id" INTEGER NOT NULL CONSTRAINT "PK___EFMigrationsLock" PRIMARY KEY, "Timestamp" TEXT NOT NULL);
            INSERT INTO "__EFMigrationsLock" VALUES (1, '2020-01-01 00:00:00');
            """;
        command.ExecuteNonQuery();
    }
}
