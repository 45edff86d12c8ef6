using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace FrontDoor.TokenService.Storage;

/// <summary>
/// Lets SQLite itself wait for another writer, looking after 1, 2, 5 ... 100 ms. The provider's own patience sleeps 150 ms each time: beside a busy
/// writer it would hardly ever meet a free moment, and it would sleep on a thread that other requests need.
/// </summary>
internal sealed class SqlitePatience : DbConnectionInterceptor
{
    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => Set((SqliteConnection)connection);

    public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Set((SqliteConnection)connection);
        return Task.CompletedTask;
    }

    /// <summary>As long as the connection string's <c>Default Timeout</c>, 30 seconds where it has none.</summary>
    public static void Set(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"PRAGMA busy_timeout = {connection.DefaultTimeout * 1000}";
        command.ExecuteNonQuery();
    }
}
