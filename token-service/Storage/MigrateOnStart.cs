using System.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;

namespace FrontDoor.TokenService.Storage;

/// <summary>Brings the database to this version's schema before the server listens.</summary>
internal sealed partial class MigrateOnStart(IServiceScopeFactory scopes, DataDirectory data, ILogger<MigrateOnStart> logger) : IHostedService
{
    // Any number that no other lock of this database has.
    private const long MigrationLock = 4_096_001;
    private const int LockAttempts = 600;
    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(50);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<TokenDb>();
        if (db.Database.IsSqlite()) await MigrateSqliteAsync(db, cancellationToken);
        else await MigratePostgreSqlAsync(db, cancellationToken);
        Log.Migrated(logger, db.Database.ProviderName!);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>
    /// EF locks its history table for each migration's transaction alone, so of two nodes that start together both would apply the second one.
    /// The advisory lock spans them all, and ends with its connection, which the pool keeps: it is given back whatever happens.
    /// </summary>
    private async Task MigratePostgreSqlAsync(TokenDb db, CancellationToken cancellationToken)
    {
        // A large table takes its time, and another node's migration too.
        db.Database.SetCommandTimeout(TimeSpan.FromHours(1));
        var database = db.GetService<IRelationalDatabaseCreator>();
        if (!await database.ExistsAsync(cancellationToken)) await database.CreateAsync(cancellationToken);

        await db.Database.OpenConnectionAsync(cancellationToken);
        if (!await db.Database.SqlQueryRaw<bool>($"""SELECT pg_try_advisory_lock({MigrationLock}) AS "Value" """).SingleAsync(cancellationToken))
        {
            Log.Waiting(logger);
            await db.Database.ExecuteSqlRawAsync($"SELECT pg_advisory_lock({MigrationLock})", cancellationToken);
        }

        try
        {
            await db.Database.MigrateAsync(cancellationToken);
        }
        finally
        {
            // A connection that broke has lost the lock already; what broke it is the better exception.
            if (db.Database.GetDbConnection().State == ConnectionState.Open)
                await db.Database.ExecuteSqlRawAsync($"SELECT pg_advisory_unlock({MigrationLock})", CancellationToken.None);
            await db.Database.CloseConnectionAsync();
            // The context goes back to a pool.
            db.Database.SetCommandTimeout((int?)null);
        }
    }

    /// <summary>
    /// EF guards SQLite migrations with a row that a killed process leaves behind, after which every start waits for ever
    /// (dotnet/efcore#34439). The operating system's file lock ends with its process, so holding it proves such a row stale.
    /// </summary>
    private async Task MigrateSqliteAsync(TokenDb db, CancellationToken cancellationToken)
    {
        await using var onlyMigrator = await LockAsync(data.File("migrating.lock"), cancellationToken);
        // Readers and the one writer do not block each other. EF sets it only where it creates the file itself, which the DROP below forestalls.
        await db.Database.ExecuteSqlRawAsync("PRAGMA journal_mode = WAL", cancellationToken);
        if (!(await db.Database.GetPendingMigrationsAsync(cancellationToken)).Any()) return;
        await db.Database.ExecuteSqlRawAsync("""DROP TABLE IF EXISTS "__EFMigrationsLock" """, cancellationToken);
        await db.Database.MigrateAsync(cancellationToken);
    }

    /// <summary>Waits for another command or node that migrates the same file; it needs seconds at most.</summary>
    private async Task<FileStream> LockAsync(string file, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            // A folder that is missing or cannot be written is another exception.
            catch (IOException e) when (e is not DirectoryNotFoundException && attempt < LockAttempts)
            {
                if (attempt == 1) Log.Waiting(logger);
                await Task.Delay(LockPause, cancellationToken);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Database is up to date ({Provider})")]
        public static partial void Migrated(ILogger logger, string provider);

        [LoggerMessage(2, LogLevel.Information, "Another process migrates this database; waiting for it")]
        public static partial void Waiting(ILogger logger);
    }
}
