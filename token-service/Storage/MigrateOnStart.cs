using Microsoft.EntityFrameworkCore;

namespace FrontDoor.TokenService.Storage;

/// <summary>Brings the database to this version's schema before the server listens.</summary>
internal sealed partial class MigrateOnStart(IServiceScopeFactory scopes, DataDirectory data, ILogger<MigrateOnStart> logger) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<TokenDb>();
        if (db.Database.IsSqlite()) await MigrateSqliteAsync(db, cancellationToken);
        else await db.Database.MigrateAsync(cancellationToken);
        Log.Migrated(logger, db.Database.ProviderName!);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>
    /// EF guards SQLite migrations with a row that a killed process leaves behind, after which every start waits for ever
    /// (dotnet/efcore#34439). The operating system's file lock ends with its process, so holding it proves such a row stale.
    /// </summary>
    private async Task MigrateSqliteAsync(TokenDb db, CancellationToken cancellationToken)
    {
        using var onlyMigrator = new FileStream(data.File("migrating.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        // Readers and the one writer do not block each other. EF sets it only where it creates the file itself, which the DROP below forestalls.
        await db.Database.ExecuteSqlRawAsync("PRAGMA journal_mode = WAL", cancellationToken);
        if (!(await db.Database.GetPendingMigrationsAsync(cancellationToken)).Any()) return;
        await db.Database.ExecuteSqlRawAsync("""DROP TABLE IF EXISTS "__EFMigrationsLock" """, cancellationToken);
        await db.Database.MigrateAsync(cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Database is up to date ({Provider})")]
        public static partial void Migrated(ILogger logger, string provider);
    }
}
