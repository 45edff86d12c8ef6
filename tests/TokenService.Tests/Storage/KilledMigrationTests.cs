using System.Data.Common;
using FrontDoor.TestKit;
using FrontDoor.TokenService.Tests.Commands;
using Microsoft.Data.Sqlite;
using Npgsql;
using Xunit;

namespace FrontDoor.TokenService.Tests.Storage;

/// <summary>The row with which EF guards SQLite migrations survives a killed process (dotnet/efcore#34439).</summary>
public sealed class SqliteKilledMigrationTests : KilledMigrationContract
{
    protected override string MakeEndless => """
        CREATE VIEW "Endless" AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) AS c FROM n;
        CREATE TRIGGER "Held" BEFORE INSERT ON "__EFMigrationsHistory" BEGIN SELECT c FROM "Endless"; END
        """;

    protected override string MakeNormal => """DROP TRIGGER "Held"; DROP VIEW "Endless" """;

    [Fact]
    public async Task LeftoverLockBeforeTheFirstMigration_DoesNotHangTheStart()
    {
        await LeaveLockAsync();
        await AssertStartsAsync();
    }

    [Fact]
    public async Task LeftoverLockInAMigratedDatabase_DoesNotHangTheStart()
    {
        await AssertStartsAsync();
        await LeaveLockAsync();
        await AssertStartsAsync();
    }

    protected override Task<DbConnection> DatabaseAsync()
    {
        Directory.CreateDirectory(Folder.File("data"));
        return Task.FromResult<DbConnection>(new SqliteConnection($"Data Source={Folder.File("data/token-service.db")};Pooling=False"));
    }

    protected override Task<IAsyncDisposable> MigrateElsewhereAsync() => Task.FromResult<IAsyncDisposable>(
        new FileStream(Folder.File("data/migrating.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));

    protected override async Task AssertLeftBehindAsync() => Assert.Equal(1L, await ScalarAsync("""SELECT count(*) FROM "__EFMigrationsLock" """));

    private Task<object?> LeaveLockAsync() => ScalarAsync("""
        CREATE TABLE IF NOT EXISTS "__EFMigrationsLock" ("Id" INTEGER NOT NULL CONSTRAINT "PK___EFMigrationsLock" PRIMARY KEY, "Timestamp" TEXT NOT NULL);
        INSERT INTO "__EFMigrationsLock" VALUES (1, '2020-01-01 00:00:00');
        """);
}

public sealed class PostgreSqlKilledMigrationTests(PostgreSqlServer server) : KilledMigrationContract
{
    // Not for ever: the server sees that its client is gone when it next tells it something.
    protected override string MakeEndless => """
        CREATE FUNCTION held() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(3); RETURN NEW; END $$;
        CREATE TRIGGER "Held" BEFORE INSERT ON "__EFMigrationsHistory" FOR EACH ROW EXECUTE FUNCTION held()
        """;

    protected override string MakeNormal => """DROP TRIGGER "Held" ON "__EFMigrationsHistory" """;

    protected override async Task<DbConnection> DatabaseAsync() => new NpgsqlConnection(await server.NewDatabaseAsync() + ";Pooling=false");

    protected override async Task<IAsyncDisposable> MigrateElsewhereAsync()
    {
        var other = new NpgsqlConnection(ConnectionString);
        await other.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand("SELECT pg_advisory_lock(4096001)", other);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        return other;
    }

    protected override Task AssertLeftBehindAsync() => Task.CompletedTask;
}

/// <summary>A migration whose process is killed by force (kill -9) does not hang the next start, on every database.</summary>
public abstract class KilledMigrationContract : IAsyncLifetime
{
    private DbConnection _database = null!;
    private string _connectionString = null!;

    protected TestFolder Folder { get; } = new();

    public async ValueTask InitializeAsync()
    {
        _database = await DatabaseAsync();
        // Once it has been open, it no longer tells the password.
        _connectionString = _database.ConnectionString;
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task KilledInTheMiddle_TheNextStartMigrates()
    {
        await ScalarAsync($"""CREATE TABLE "__EFMigrationsHistory" ("MigrationId" varchar(150) NOT NULL PRIMARY KEY, "ProductVersion" varchar(32) NOT NULL); {MakeEndless}""");
        using (var killed = Start()) await killed.SaysAsync("Applying migration");
        await AssertLeftBehindAsync();
        await ScalarAsync(MakeNormal);
        Assert.Equal(0L, await ScalarAsync("""SELECT count(*) FROM "__EFMigrationsHistory" """));
        await AssertStartsAsync();
    }

    [Fact]
    public async Task AnotherProcessThatMigrates_IsWaitedFor()
    {
        var other = await MigrateElsewhereAsync();
        using var service = Start();
        await service.SaysAsync("Another process migrates this database; waiting for it");
        await other.DisposeAsync();
        await service.ListensAsync();
    }

    /// <summary>A connection, not open yet, to a database for this test alone.</summary>
    protected abstract Task<DbConnection> DatabaseAsync();

    /// <summary>Holds what a process that migrates holds.</summary>
    protected abstract Task<IAsyncDisposable> MigrateElsewhereAsync();

    protected abstract Task AssertLeftBehindAsync();

    /// <summary>SQL after which the first migration does not come to its end.</summary>
    protected abstract string MakeEndless { get; }

    /// <summary>SQL that undoes it.</summary>
    protected abstract string MakeNormal { get; }

    protected string ConnectionString => _connectionString;

    protected async Task AssertStartsAsync()
    {
        using var service = Start();
        using var client = new TokenClient(await service.ListensAsync().WaitAsync(Until.Patience, TestContext.Current.CancellationToken));
        (await client.ObtainAsync()).Succeeded();
    }

    protected async Task<object?> ScalarAsync(string sql)
    {
        await _database.OpenAsync(TestContext.Current.CancellationToken);
        try
        {
            await using var command = _database.CreateCommand();
            command.CommandText = sql;
            return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
        }
        finally
        {
            await _database.CloseAsync();
        }
    }

    private ServiceProcess Start() => ServiceProcess.Start(
        Folder,
        [
            "--Kestrel:Endpoints:Http:Url=http://127.0.0.1:0",
            "--Users:HashIterations=100000",
            $"--Users:Seed:alice:PasswordFile={Folder.Write("password", TokenServiceApp.Password)}",
            .. _database is NpgsqlConnection ? ["--Storage:Provider=PostgreSql", $"--Storage:ConnectionString={_connectionString}"] : Array.Empty<string>(),
        ]);
}
